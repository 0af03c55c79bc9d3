import { ListFilter, X } from 'lucide-react'
import { useState } from 'react'
import type { ListView } from '@/lib/list-view'
import { Button, Input } from '../../atoms'
import { Menu, MenuChoices, MenuItem, MenuLabel } from '../../molecules'
import type { Filter } from './columns'

interface FiltersProps {
  filters: readonly Filter[]
  view: ListView
  onView: (change: Record<string, string>) => void
}

/** A chip for each filter that is on, and a menu with the others. */
export function Filters({ filters, view, onView }: FiltersProps) {
  const [opened, setOpened] = useState<string | null>(null)
  const isOn = (filter: Filter) => view[filter.key] !== undefined || opened === filter.key
  const off = filters.filter((filter) => !isOn(filter))
  return (
    <>
      {filters.filter(isOn).map((filter) => (
        <FilterChip
          key={filter.key}
          filter={filter}
          value={view[filter.key] ?? ''}
          onChange={(value) => onView({ [filter.key]: value })}
          onRemove={() => {
            setOpened(null)
            onView({ [filter.key]: '' })
          }}
        />
      ))}
      {off.length > 0 && (
        <Menu
          align="start"
          trigger={
            <Button tone="quiet" icon={<ListFilter />}>
              Filter
            </Button>
          }
        >
          <MenuLabel>Narrow by</MenuLabel>
          {off.map((filter) => (
            <MenuItem
              key={filter.key}
              onSelect={() => {
                setOpened(filter.key)
                if (filter.kind === 'choice')
                  onView({ [filter.key]: filter.choices[0]?.value ?? '' })
              }}
            >
              {filter.label}
            </MenuItem>
          ))}
        </Menu>
      )}
    </>
  )
}

interface FilterChipProps {
  filter: Filter
  value: string
  onChange: (value: string) => void
  onRemove: () => void
}

function FilterChip({ filter, value, onChange, onRemove }: FilterChipProps) {
  return (
    <span className="inline-flex h-control items-center rounded-md border bg-panel text-sm shadow-low dark:bg-raised">
      <span className="pl-2.5 text-quiet">{filter.label}</span>
      {filter.kind === 'choice' ? (
        <Menu
          align="start"
          trigger={
            <button type="button" className="h-full px-1.5 font-medium hover:text-accent-text">
              {filter.choices.find((choice) => choice.value === value)?.label ?? value}
            </button>
          }
        >
          <MenuChoices
            label={filter.label}
            value={value}
            choices={filter.choices}
            onChange={onChange}
          />
        </Menu>
      ) : (
        <Input
          type={filter.kind === 'day' ? 'date' : 'text'}
          aria-label={filter.label}
          autoFocus={!value}
          defaultValue={value}
          className="h-7 w-36 border-0 bg-transparent px-1.5 font-medium shadow-none dark:bg-transparent"
          onBlur={(event) => onChange(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') onChange(event.currentTarget.value)
          }}
        />
      )}
      <button
        type="button"
        aria-label={`Remove the filter ${filter.label}`}
        className="h-full px-1.5 text-faint hover:text-text"
        onClick={onRemove}
      >
        <X className="size-3.5" />
      </button>
    </span>
  )
}
