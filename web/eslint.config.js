import js from '@eslint/js'
import hooks from 'eslint-plugin-react-hooks'
import globals from 'globals'
import ts from 'typescript-eslint'

const SIZES = {
  'max-lines': ['error', 400],
  'max-lines-per-function': ['error', { max: 120, skipBlankLines: true, skipComments: true }],
}

export default ts.config(
  { ignores: ['node_modules', 'src/api', 'src/routeTree.gen.ts'] },
  js.configs.recommended,
  ...ts.configs.strict,
  {
    files: ['**/*.{ts,tsx}'],
    plugins: { 'react-hooks': hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      ...SIZES,
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  // Borders, as in ARCHITECTURE.md: routes -> features -> design system -> lib -> api.
  {
    files: ['src/design-system/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@/features/*', '@/routes/*', '@/api/*'],
              message: 'The design system knows no feature and no API.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/lib/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@/features/*', '@/routes/*', '@/design-system/*'],
              message: 'lib stands below everything that is shown.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/features/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@/routes/*', '@/routeTree.gen'],
              message: 'A route picks a page, not the other way round.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['scripts/**', '*.{js,ts}', 'e2e/**'],
    languageOptions: { globals: globals.node },
    rules: { 'no-console': 'off' },
  },
  { files: ['public/**'], languageOptions: { globals: globals.browser } },
)
