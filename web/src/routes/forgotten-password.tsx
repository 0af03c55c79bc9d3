import { createFileRoute } from '@tanstack/react-router'
import { ForgottenPasswordPage } from '@/features/session/PasswordPages'

export const Route = createFileRoute('/forgotten-password')({ component: ForgottenPasswordPage })
