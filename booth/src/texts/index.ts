/** The booth's words, by language. */

import { cy } from './cy.ts';
import { en } from './en.ts';

/** The same keys in every language; functions take the same arguments. */
export type Texts = typeof en;

/** Languages of the booth. */
export type Language = 'en' | 'cy';

/** All texts. */
export const texts: Record<Language, Texts> = { en, cy };
