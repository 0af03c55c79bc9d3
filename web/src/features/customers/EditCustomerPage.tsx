import { useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { done, FormPage } from '@/design-system'
import { CustomerForm } from './CustomerForm'
import { changeCustomer, customerQuery } from './queries'
import { words } from './words'

export function EditCustomerPage({ customerId }: { customerId: string }) {
  const { data: customer } = useSuspenseQuery(customerQuery(customerId))
  const navigate = useNavigate()
  const back = () => navigate({ to: '/customers/$customerId', params: { customerId } })
  return (
    <FormPage title={customer.name} subtitle={customer.number}>
      <CustomerForm
        customer={customer}
        action={words.save}
        onCancel={() => void back()}
        send={async (values) => {
          await changeCustomer(customer, values)
          done(words.saved)
          await navigate({
            to: '/customers/$customerId',
            params: { customerId },
            ignoreBlocker: true,
          })
        }}
      />
    </FormPage>
  )
}
