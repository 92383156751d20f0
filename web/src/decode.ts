/** Pictures as a browser has them, as the stages want them: upright, grey, 8 bit, opaque over mid grey. */

import type { Picture } from './api';
import * as constants from './constants';
import type { Gray } from './types';

const { BACKGROUND, MAX_PIXELS, MAX_SIDE, MIN_SIDE } = constants.pixels;
const { HEAD, TYPES } = constants.filetypes;
const BAND = 256; // rows that are taken from a canvas at once

/** A picture that cannot be used; the message is a sentence for people, `code` is for programs, as of the service. */
export class PictureError extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

/**
 * Return what a picture shows in grey levels.
 *
 * The brightness of a JPEG is taken as it is stored where the browser has an `ImageDecoder`: the same levels as in
 * Python, a quarter of the memory of colours. Throws a `PictureError`.
 */
export async function decode(picture: Picture): Promise<Gray> {
  if (!(picture instanceof Blob)) return shown(picture);
  check(picture.size > 0, 'the file is empty', 'empty');
  check(picture.size <= constants.decoding.MAX_BYTES, 'the file is too large', 'too-large');
  const data = new Uint8Array(await contentOf(picture));
  const kind = TYPES.find(({ start }) => new RegExp(`^(?:${start})`, 's').test(latin(data.subarray(0, HEAD))));
  if (kind === undefined) throw new PictureError('it is not a picture', 'not-a-picture');
  check(kind.refusal === '', kind.refusal, 'unsupported-format');
  checkLarge(...sizeOf(data, kind.name));
  return (
    (await withDecoder(data, kind.media_type)) ?? withBitmap(new Blob([data], { type: kind.media_type }), kind.name)
  );
}

/** A file may have gone since it was chosen. */
async function contentOf(file: Blob): Promise<ArrayBuffer> {
  return file.arrayBuffer().catch(() => {
    throw new PictureError('the file cannot be read: it may have been moved or deleted', 'unreadable-file');
  });
}

/** Return what an `ImageDecoder` shows, or null where there is none for it. */
async function withDecoder(data: Uint8Array<ArrayBuffer>, type: string): Promise<Gray | null> {
  if (!('ImageDecoder' in globalThis && (await ImageDecoder.isTypeSupported(type)))) return null;
  const decoder = new ImageDecoder({ data, type, colorSpaceConversion: 'none' });
  try {
    const { image } = await decoder.decode();
    try {
      return await shown(image);
    } finally {
      image.close();
    }
  } catch (error) {
    throw error instanceof PictureError ? error : broken();
  } finally {
    decoder.close();
  }
}

async function withBitmap(file: Blob, name: string): Promise<Gray> {
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none' }).catch(() => {
    if (['JPEG', 'PNG', 'GIF', 'WEBP', 'BMP'].includes(name)) throw broken();
    throw new PictureError(`this browser reads no ${name}: save the picture as JPEG or PNG`, 'unsupported-format');
  });
  try {
    return await shown(bitmap);
  } finally {
    bitmap.close();
  }
}

function broken(): PictureError {
  return new PictureError('the picture is broken, or of a rare kind, and cannot be decoded', 'broken-picture');
}

async function shown(picture: Exclude<Picture, Blob>): Promise<Gray> {
  if (picture instanceof ImageData) {
    checkSize(picture.width, picture.height);
    return { data: grayOf(picture.data), width: picture.width, height: picture.height };
  }
  if (picture instanceof ImageBitmap) return onCanvas(picture, picture.width, picture.height);
  const isFrame = 'VideoFrame' in globalThis && picture instanceof VideoFrame;
  check(isFrame, 'a Blob, ImageBitmap, ImageData or VideoFrame was expected', 'not-a-picture');
  checkSize(picture.displayWidth, picture.displayHeight);
  return (await ofFrame(picture)) ?? onCanvas(picture, picture.displayWidth, picture.displayHeight);
}

/** Return what a frame of whole pixels shows, or null if only a canvas can say it. */
async function ofFrame(frame: VideoFrame): Promise<Gray | null> {
  const { width, height } = frame.visibleRect!;
  const { rotation, flip } = frame as { rotation?: number; flip?: boolean }; // of late
  const turned = rotation === 90 || rotation === 270;
  if (rotation === undefined || (turned ? frame.displayHeight : frame.displayWidth) !== width) return null;
  const { format } = frame;
  const isLuma = format?.startsWith('I4') && frame.colorSpace.fullRange; // as a JPEG has it
  const isPlain = isLuma || /^(RGB|BGR)/.test(format ?? '');
  const options: VideoFrameCopyToOptions = isPlain ? {} : { format: 'RGBA' };
  const content = new Uint8ClampedArray(frame.allocationSize(options));
  const [{ offset, stride }] = await frame.copyTo(content, options);
  if (offset !== 0 || stride !== (isLuma ? width : 4 * width)) return null;
  const data = isLuma ? new Uint8Array(content.buffer, 0, width * height) : grayOf(content, format?.[0] === 'B');
  return upright({ data, width, height }, rotation, flip ?? false);
}

async function onCanvas(picture: CanvasImageSource, width: number, height: number): Promise<Gray> {
  checkSize(width, height);
  const canvas = new OffscreenCanvas(width, Math.min(BAND, height));
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  const data = new Uint8Array(width * height);
  for (let top = 0; top < height; top += BAND) {
    const rows = Math.min(BAND, height - top);
    context.fillStyle = `rgb(${BACKGROUND} ${BACKGROUND} ${BACKGROUND})`;
    context.fillRect(0, 0, width, rows);
    context.drawImage(picture, 0, -top);
    data.set(grayOf(context.getImageData(0, 0, width, rows).data), top * width);
  }
  return { data, width, height };
}

/** Return the grey levels of RGBA, or BGRA, over mid grey; where nothing is opaque, nobody filled the opacity in. */
function grayOf(rgba: Uint8ClampedArray, isBlueFirst = false): Uint8Array<ArrayBuffer> {
  const gray = new Uint8Array(rgba.length / 4);
  const [red, blue] = isBlueFirst ? [2, 0] : [0, 2];
  let most = 0;
  for (let at = 0; at < rgba.length; at += 4) {
    const sum = rgba[at + red] * 19595 + rgba[at + 1] * 38470 + rgba[at + blue] * 7471;
    gray[at / 4] = (sum + 0x8000) >> 16; // as Pillow does
    if (rgba[at + 3] > most) most = rgba[at + 3];
  }
  if (most === 0) return gray;
  for (let i = 0; i < gray.length; i++) {
    const alpha = rgba[4 * i + 3];
    if (alpha < 255) gray[i] = Math.round((gray[i] * alpha + BACKGROUND * (255 - alpha)) / 255);
  }
  return gray;
}

/** Turn a picture clockwise by degrees, then mirror it from left to right. */
function upright({ data, width, height }: Gray, rotation: number, flip: boolean): Gray {
  if (rotation === 0 && !flip) return { data, width, height };
  const turned = rotation % 180 !== 0;
  const [columns, rows] = turned ? [height, width] : [width, height];
  const result = new Uint8Array(data.length);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const across = flip ? columns - 1 - x : x;
      const [column, row] = turned ? [y, across] : [across, y];
      const u = rotation >= 180 ? width - 1 - column : column;
      const v = rotation === 90 || rotation === 180 ? height - 1 - row : row;
      result[y * columns + x] = data[v * width + u];
    }
  }
  return { data: result, width: columns, height: rows };
}

/** Return the width and the height that a file says; nothing where that is not simply told. */
function sizeOf(data: Uint8Array<ArrayBuffer>, name: string): [number, number] {
  const view = new DataView(data.buffer);
  if (data.length < 26) return [0, 0];
  if (name === 'PNG') return [view.getUint32(16), view.getUint32(20)];
  if (name === 'GIF') return [view.getUint16(6, true), view.getUint16(8, true)];
  if (name === 'BMP') return [Math.abs(view.getInt32(18, true)), Math.abs(view.getInt32(22, true))];
  if (name !== 'JPEG') return [0, 0];
  for (let at = 2; at + 9 <= data.length && data[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    const isFrame = data[at + 1] >> 4 === 0xc && ![0xc4, 0xc8, 0xcc].includes(data[at + 1]); // what begins one (ITU T.81)
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
  }
  return [0, 0];
}

function checkSize(width: number, height: number): void {
  const size = `${width} x ${height} pixels`;
  const least = `at least ${MIN_SIDE} x ${MIN_SIDE} are needed`;
  check(Math.min(width, height) >= MIN_SIDE, `it is too small: ${size}, ${least}`, 'too-small');
  checkLarge(width, height);
}

function checkLarge(width: number, height: number): void {
  const size = `${width} x ${height} pixels`;
  const isRead = width * height <= MAX_PIXELS && Math.max(width, height) <= MAX_SIDE;
  check(isRead, `it is too large: ${size}, at most ${MAX_PIXELS / 1e6} million are read`, 'too-many-pixels');
}

function check(holds: boolean, message: string, code: string): void {
  if (!holds) throw new PictureError(message, code);
}

function latin(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
