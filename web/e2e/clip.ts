/** What a camera of Chromium sees: pictures written as the kind of video that it takes for a camera's. */

import { writeFileSync } from 'node:fs';
import type { Page } from '@playwright/test';

const [WIDTH, HEIGHT] = [480, 854];
const AIM = 0.42; // height at which the page's frame is, as style.css has it
const FRAMES = 24;

/** Write a clip in which the VIN of a photo comes nearer and shakes; `page`: the page that reads, to find the VIN. */
export async function writeClip(path: string, page: Page, photo: Buffer): Promise<void> {
  const frames = await page.evaluate(draw, {
    photo: photo.toString('base64'),
    width: WIDTH,
    height: HEIGHT,
    aim: AIM,
    count: FRAMES,
  });
  const parts = frames.map((frame) => Buffer.concat([Buffer.from('FRAME\n'), Buffer.from(frame, 'base64')]));
  writeFileSync(
    path,
    Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F15:1 Ip A1:1 C420jpeg\n`), ...parts]),
  );
}

interface Wanted {
  photo: string;
  width: number;
  height: number;
  aim: number;
  count: number;
}

/** In the page: return frames in I420, each in base64. */
async function draw({ photo, width, height, aim, count }: Wanted): Promise<string[]> {
  const blob = await (async () => new Blob([Uint8Array.from(atob(photo), (char) => char.charCodeAt(0))]))();
  const library = await import(new URL('vinchar.js', location.href).href);
  const { quad } = await library.read(blob);
  const picture = await createImageBitmap(blob);
  const [right, middle] = [
    [0, 1],
    [0, 1],
  ];
  for (const axis of [0, 1]) {
    right[axis] = quad[1][axis] - quad[0][axis];
    middle[axis] = quad.reduce((sum: number, point: number[]) => sum + point[axis] / 4, 0);
  }
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext('2d', { willReadFrequently: true })!;
  return Array.from({ length: count }, (_, at) => {
    const scale = ((0.55 + (0.25 * at) / count) * width) / Math.hypot(right[0], right[1]);
    pen.resetTransform();
    pen.fillStyle = '#888';
    pen.fillRect(0, 0, width, height);
    pen.translate(width / 2 + 3 * Math.sin(5 * at), aim * height + 3 * Math.cos(7 * at));
    pen.rotate(-Math.atan2(right[1], right[0]));
    pen.scale(scale, scale);
    pen.drawImage(picture, -middle[0], -middle[1]);
    const { data } = pen.getImageData(0, 0, width, height);
    let bytes = '';
    for (let i = 0; i < width * height; i++) {
      bytes += String.fromCharCode(Math.round(0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]));
    }
    return btoa(bytes + '\x80'.repeat((width * height) / 2)); // grey
  });
}
