import { createFileRoute } from '@tanstack/react-router'
import { EmailLinkPage } from '@/features/session/EmailLinkPage'

export const Route = createFileRoute('/confirm-email')({ component: () => <EmailLinkPage /> })
