/** What the assembler made: an image, and which line of the source made which bytes. */
import type { Image } from '../image/image.ts';

/** Bytes that one statement made. */
export interface SourceRange {
  /** Line of the source, from 1. */
  readonly line: number;
  /** Index of the section in the image. */
  readonly section: number;
  readonly offset: number;
  readonly length: number;
}

export interface Program extends Image {
  /** The source's name. */
  readonly file: string;
  /** The source's lines. */
  readonly lines: readonly string[];
  readonly ranges: readonly SourceRange[];
}
