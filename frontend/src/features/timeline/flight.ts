/**
 * A picture that flies: out of its row into the viewer and back to its place. A copy of it travels above both pages, so
 * that neither has to know the other; where motion is not wanted it is a cut.
 */

export interface Departure {
  readonly id: string;
  readonly rect: DOMRect;
  readonly src: string | null;
}

let departure: Departure | null = null;
let copy: HTMLElement | null = null;

const wantsCalm = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Remembers from where a picture leaves; what lands next takes it up. */
export function depart(id: string, element: Element | null): void {
  const image = element?.querySelector('img') ?? (element instanceof HTMLImageElement ? element : null);
  const rect = element?.getBoundingClientRect();
  // On its way while the viewer's own code is: a page that flies nothing needs none of it.
  if (rect && !wantsCalm()) void import('gsap');
  departure = rect && rect.width > 0 ? { id, rect, src: image?.currentSrc ?? null } : null;
}

/** From where that picture came, once. */
export function takeDeparture(id: string): Departure | null {
  const found = departure?.id === id ? departure : null;
  departure = null;
  return found;
}

function endFlight(): void {
  copy?.remove();
  copy = null;
}

/**
 * Lets the picture fly to its place and resolves when it is there. The element at the target is hidden meanwhile.
 *
 * @param duration in seconds; the design's 240 ms
 */
export async function fly(from: Departure, target: HTMLElement, duration = 0.24): Promise<void> {
  if (wantsCalm() || from.src === null) return;
  const { gsap } = await import('gsap');
  const to = target.getBoundingClientRect();
  if (to.width === 0) return;
  endFlight();
  const image = document.createElement('img');
  image.src = from.src;
  image.alt = '';
  image.setAttribute('aria-hidden', 'true');
  Object.assign(image.style, {
    position: 'fixed',
    zIndex: '80',
    left: '0',
    top: '0',
    width: `${to.width}px`,
    height: `${to.height}px`,
    maxWidth: 'none',
    objectFit: 'cover',
    transformOrigin: '0 0',
    pointerEvents: 'none',
    borderRadius: '2px',
  });
  document.body.append(image);
  copy = image;
  // Not hidden: what is hidden loses the focus that it was just given.
  target.style.opacity = '0';
  return new Promise((resolve) => {
    const land = () => {
      target.style.opacity = '';
      endFlight();
      resolve();
    };
    gsap.fromTo(
      image,
      {
        x: from.rect.left,
        y: from.rect.top,
        scaleX: from.rect.width / to.width,
        scaleY: from.rect.height / to.height,
      },
      {
        x: to.left,
        y: to.top,
        scaleX: 1,
        scaleY: 1,
        duration,
        ease: 'power3.out',
        onComplete: land,
        onInterrupt: land,
      },
    );
  });
}
