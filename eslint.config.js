// ESLint finds mistakes; Prettier decides on looks, so no rule here speaks of them.
import js from '@eslint/js';
import vue from 'eslint-plugin-vue';
import globals from 'globals';
import typescript from 'typescript-eslint';

export default typescript.config(
  {
    ignores: [
      'build/',
      '**/dist/',
      '**/coverage/',
      '**/node_modules/',
      'tests/artifacts/',
      'bench/results/',
      'packages/api-client/src/schema.*',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ...typescript.configs.recommended,
  // "essential" is what prevents errors; the further levels are about layout.
  ...vue.configs['flat/essential'],
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': ['error', { allow: ['warn', 'error'] }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
    },
  },
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
    rules: {
      // A name that is met in a template is a word of the product: `Timeline`, not `TheTimelinePage`.
      'vue/multi-word-component-names': 'off',
      // Text that could be markup comes from people.
      'vue/no-v-html': 'error',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
    },
  },
  {
    // TypeScript itself knows which names exist.
    files: ['**/*.ts', '**/*.vue'],
    rules: { 'no-undef': 'off' },
  },
  {
    // Programs for the terminal speak to it.
    files: ['tools/**', 'tests/**', 'bench/**', '**/scripts/**', '**/*.mjs'],
    rules: { 'no-console': 'off' },
  },
);
