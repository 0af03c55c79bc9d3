import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Input } from '../atoms'

const WAIT_MS = 200 // as long as it takes to type the next letter

interface SearchBoxProps {
  value: string
  onChange: (value: string) => void
  placeholder: string
}

/** Searches while one types; `/` puts the cursor here, Escape clears it. */
export function SearchBox({ value, onChange, placeholder }: SearchBoxProps) {
  const [typed, setTyped] = useState(value)
  const [known, setKnown] = useState(value)
  const box = useRef<HTMLInputElement>(null)
  if (known !== value) {
    setKnown(value)
    setTyped(value) // it was changed elsewhere, such as by the back button
  }
  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => onChange(typed), WAIT_MS)
    return () => clearTimeout(timer)
  }, [typed, value, onChange])
  return (
    <div className="relative w-full max-w-xs grow">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-faint"
      />
      <Input
        ref={box}
        type="search"
        data-search-box
        aria-label={placeholder}
        placeholder={placeholder}
        className="px-8 [&::-webkit-search-cancel-button]:hidden"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          setTyped('')
          box.current?.blur()
        }}
      />
      {typed && (
        <button
          type="button"
          aria-label="Clear the search"
          className="absolute top-1/2 right-2 -translate-y-1/2 text-faint hover:text-text"
          onClick={() => setTyped('')}
        >
          <X className="size-4" />
        </button>
      )}
    </div>
  )
}
