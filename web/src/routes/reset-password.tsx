import { createFileRoute } from '@tanstack/react-router'
import { ResetPasswordPage } from '@/features/session/PasswordPages'

export const Route = createFileRoute('/reset-password')({ component: ResetPasswordPage })
