/** What a memory is by its type: the drawing that stands for it, and whether it can be seen as a picture. */
import type { Component } from 'vue';
import {
  PhBookOpenText,
  PhCube,
  PhFileText,
  PhImage,
  PhMicrophone,
  PhPanorama,
  PhVideoCamera,
} from '@phosphor-icons/vue';

const ICONS: Record<string, Component> = {
  photo: PhImage,
  video: PhVideoCamera,
  audio: PhMicrophone,
  story: PhBookOpenText,
  document: PhFileText,
  scan3d: PhCube,
  panorama: PhPanorama,
};

export function iconOf(type: string): Component {
  return ICONS[type] ?? PhFileText;
}

/** Seconds as a clock shows them, `1:24` or `1:02:03`. */
export function clockOf(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  const pad = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}
