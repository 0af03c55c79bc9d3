import { createFileRoute } from '@tanstack/react-router'
import { AcceptInvitationPage } from '@/features/session/PasswordPages'

export const Route = createFileRoute('/accept-invitation')({ component: AcceptInvitationPage })
