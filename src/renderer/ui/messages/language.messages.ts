/** Texts of the choice of the language. Names of languages are the same in every one. */
export const languageMessages = {
  'language.choose': 'Language',
  'language.system': 'As the system',
} as const;
