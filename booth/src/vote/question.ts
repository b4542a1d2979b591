/** A question, its limits, and what a voter may answer (voting.md section 5). */

/** A question of an election record: every answer 0 or 1, between `min` and `max` of them, perhaps blank. */
export interface Question {
  readonly text: string;
  /** Without the blank one. */
  readonly answers: readonly string[];
  readonly blank: boolean;
  readonly min: number;
  readonly max: number;
}

/** Most answers of one question. */
export const MOST_ANSWERS = 100;

/** Why a question cannot be asked (V14), or null. */
export function questionFault({ text, answers, min, max }: Question): string | null {
  if (trim(text) === '') return 'the question has no text';
  if (answers.length < 2 || answers.length > MOST_ANSWERS) return `${answers.length} answers: there must be between 2 and ${MOST_ANSWERS}`;
  const seen = new Map<string, number>();
  for (const [at, answer] of answers.entries()) {
    const bare = trim(answer);
    if (bare === '') return `answer ${at + 1} has no text`;
    const earlier = seen.get(bare);
    if (earlier !== undefined) return `answers ${earlier + 1} and ${at + 1} are the same`;
    seen.set(bare, at);
  }
  if (min > max || max === 0 || max > answers.length) {
    return 'the limits do not fit: min is at most max, max at least 1 and at most the number of answers';
  }
  return null;
}

/** Without white space of Unicode at the ends. `String.trim` takes away another set of characters. */
function trim(text: string): string {
  return text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, '');
}

/** Number of encrypted values: the answers, and one before them if blank is allowed. */
export function choicesOf(question: Question): number {
  return question.answers.length + Number(question.blank);
}

/** What one voter chose in one question: the numbers of the answers from 0, or openly nothing. */
export type Choice = readonly number[] | 'blank';

/** Why an answer is not allowed. It does not say what was chosen. */
export class ChoiceFault extends Error {
  override name = 'ChoiceFault';
}

/** 0 or 1 for every choice, the blank one first if the question allows it. */
export function marks(question: Question, choice: Choice): Uint8Array {
  const marks = new Uint8Array(choicesOf(question));
  if (choice === 'blank') {
    if (!question.blank) throw new ChoiceFault('this question cannot be left blank');
    marks[0] = 1;
    return marks;
  }
  for (const answer of choice) {
    if (!Number.isInteger(answer) || answer < 0 || answer >= question.answers.length) throw new ChoiceFault('there is no such answer');
    const at = answer + Number(question.blank);
    if (marks[at] === 1) throw new ChoiceFault('an answer is chosen twice');
    marks[at] = 1;
  }
  if (choice.length < question.min || choice.length > question.max) throw new ChoiceFault('too few or too many answers are chosen');
  return marks;
}

/** Back from {@link marks}; throws for marks that no choice gives. */
export function choiceOf(question: Question, bits: Uint8Array): Choice {
  const first = Number(question.blank);
  const chosen = question.answers.map((_, at) => at).filter((at) => bits[at + first] === 1);
  if (question.blank && bits[0] === 1) {
    if (chosen.length > 0) throw new ChoiceFault('blank and something else');
    return 'blank';
  }
  marks(question, chosen);
  return chosen;
}
