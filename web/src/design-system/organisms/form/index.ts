export { CheckField, ChoiceField, TextAreaField, TextField } from './fields'
export { FieldGroup, Form } from './Form'
export { useApiForm, type ApiForm } from './use-api-form'
