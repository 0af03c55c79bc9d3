/** Words of the gallery; those of the samples in it are made up. */
export const words = {
  title: 'Design system',
  subtitle: 'Every piece in every state, as it is used on pages.',
} as const
