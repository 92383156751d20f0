/** Grey to black and white, as OpenCV does it. */

import type { Gray } from '../types';
import { blurGray } from './filter';
import { plainGray } from './pictures';

/** Return the level above which a picture is light: where both sides differ most in their means (Otsu 1979). */
export function otsuLevel(gray: Gray): number {
  const counts = new Float64Array(256);
  for (const level of gray.data) counts[level]++;
  const size = gray.data.length;
  let mean = 0;
  for (let level = 0; level < 256; level++) mean += level * counts[level];
  mean *= 1 / size;
  let darkShare = 0;
  let darkMean = 0;
  let best = 0;
  let most = 0;
  for (let level = 0; level < 256; level++) {
    const share = counts[level] * (1 / size);
    darkMean *= darkShare;
    darkShare += share;
    const lightShare = 1 - darkShare;
    if (Math.min(darkShare, lightShare) < FEWEST || Math.max(darkShare, lightShare) > 1 - FEWEST) continue;
    darkMean = (darkMean + level * share) / darkShare;
    const lightMean = (mean - darkShare * darkMean) / lightShare;
    const apart = darkShare * lightShare * (darkMean - lightMean) * (darkMean - lightMean);
    if (apart > most) {
      most = apart;
      best = level;
    }
  }
  return best;
}

const FEWEST = 2 ** -23; // FLT_EPSILON: OpenCV passes over levels with a smaller share on one side

/** Return 255 where a picture is above a level, else 0. */
export function above(gray: Gray, level: number): Gray {
  return { ...gray, data: gray.data.map((value) => (value > level ? 255 : 0)) };
}

/**
 * Return 255 where a picture is light against the mean of a square window, more than `offset` levels above it, and the
 * same where it is dark, at least `offset` levels below it.
 */
export function adaptiveThresholds(gray: Gray, side: number, offset: number): [Gray, Gray] {
  const mean = blurGray(gray, side).data;
  const [light, dark] = [plainGray(gray.width, gray.height), plainGray(gray.width, gray.height)];
  for (let i = 0; i < mean.length; i++) {
    const over = gray.data[i] - mean[i];
    if (over > offset) light.data[i] = 255;
    else if (over <= -offset) dark.data[i] = 255;
  }
  return [light, dark];
}
