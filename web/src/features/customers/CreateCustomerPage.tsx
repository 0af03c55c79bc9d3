import { useNavigate, useRouter } from '@tanstack/react-router'
import { done, FormPage } from '@/design-system'
import { CustomerForm } from './CustomerForm'
import { createCustomer } from './queries'
import { words } from './words'

export function CreateCustomerPage() {
  const navigate = useNavigate()
  const router = useRouter()
  return (
    <FormPage title={words.create}>
      <CustomerForm
        action={words.create}
        onCancel={() => router.history.back()}
        send={async (values, key) => {
          const customer = await createCustomer(values, key)
          done(words.created(customer.name))
          await navigate({
            to: '/customers/$customerId',
            params: { customerId: customer.id },
            ignoreBlocker: true,
          })
        }}
      />
    </FormPage>
  )
}
