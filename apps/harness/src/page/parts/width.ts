/** How wide the window is, as far as charts must know: text in them has the size of text around them. */
import { signal } from '@preact/signals';
import { CHART_WIDTH } from '../../charts/style.ts';

const NARROW = '(max-width: 760px)';
const NARROW_WIDTH = 340;

const media = matchMedia(NARROW);
const widthNow = (): number => (media.matches ? NARROW_WIDTH : CHART_WIDTH);

export const chartWidth = signal(widthNow());
media.addEventListener('change', () => { chartWidth.value = widthNow(); });
