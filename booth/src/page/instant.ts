/** Instants as people in Britain read them: London time, with the zone. */

import type { Texts } from '../texts/index.ts';

/** For example “Monday 4 May 2026 at 12:00 BST”. */
export function londonTime(instant: string, texts: Texts): string {
  const at = new Date(instant);
  const options = { timeZone: 'Europe/London', hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' } as const;
  const parts = new Intl.DateTimeFormat('en-GB', { ...options, timeZoneName: 'short' }).formatToParts(at);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  const [year, month, day] = [part('year'), part('month'), part('day')].map(Number) as [number, number, number];
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return texts.instant(weekday, day, month - 1, year, `${part('hour')}:${part('minute')}`, part('timeZoneName'));
}
