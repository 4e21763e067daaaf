// Gets images: from the cache where they are, else from the site into the cache. Every one is checked by its own
// structure each time.

import { rm } from 'node:fs/promises';
import { PortalError } from '../errors.js';
import { inspectFirmware } from '../esp/image/check.js';
import type { FirmwareImage } from '../esp/image/firmware-image.js';
import { bytesEvent } from '../operations/bytes-event.js';
import type { OnProgress } from '../progress.js';
import type { FirmwareCache } from './cache.js';
import { type Board, catalogueOf } from './catalogue.js';
import { boardForChip, chooseImage, newestFirst, type Release, variantForFlash } from './choose.js';
import { download } from './download.js';
import { imageUrl, MICROPYTHON_SITE, readDownloadPage } from './download-page.js';
import { type ImageName, parseImageName } from './image-name.js';
import { checkedUrl } from './request.js';

/** New releases come every few months. */
const NAMES_ARE_FRESH_MS = 24 * 60 * 60 * 1000;

interface StoreOptions {
  cache: FirmwareCache;
  /** Stands for https://micropython.org. */
  site?: string | undefined;
  /** Ask no server for what is new. */
  offline?: boolean | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
}

/** What is known of a board's builds, and whether the site was asked lately. */
interface KnownImages {
  readonly images: ImageName[];
  readonly isFresh: boolean;
}

export class FirmwareStore {
  readonly #options: StoreOptions;
  readonly #site: string;
  readonly #onProgress: OnProgress;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#site = (options.site ?? MICROPYTHON_SITE).replace(/\/+$/, '');
    this.#onProgress = options.onProgress ?? (() => {});
  }

  /**
   * The image for a chip.
   * @throws PortalError `firmware-missing`, `firmware-too-large`, `firmware-download`; the signal's reason
   */
  async forChip(
    release: Release,
    { family, flashSizeBytes }: { family: string; flashSizeBytes: number },
  ): Promise<FirmwareImage> {
    this.#onProgress({ event: 'step', step: 'find-firmware' });
    const board = boardForChip(family);
    const variant = variantForFlash(board, flashSizeBytes);
    const { images } = await this.known(board);
    return this.get(chooseImage(images, board, variant, release));
  }

  /** All builds of a board: those of the package, and those on its download page, which is read once a day. */
  async known(board: Board): Promise<KnownImages> {
    const { cache, offline = false, signal } = this.#options;
    const stored = await cache.readNames(board);
    let listed = stored?.images ?? [];
    let isFresh = stored !== undefined && stored.ageMs < NAMES_ARE_FRESH_MS;
    if (!isFresh && !offline) {
      try {
        listed = await readDownloadPage(this.#site, board, signal);
        if (listed.length > 0) await cache.storeNames(board, listed);
        isFresh = true;
      } catch (error) {
        if (!(error instanceof PortalError && error.code === 'firmware-download')) throw error;
      }
    }
    const byFile = new Map([...catalogueOf(board), ...listed].map((image) => [image.file, image]));
    return { images: newestFirst([...byFile.values()]), isFresh };
  }

  /**
   * A build by its name, from the cache or the site.
   * @throws PortalError `firmware-download`, `firmware-damaged`, `firmware-invalid`; the signal's reason
   */
  async get(image: Pick<ImageName, 'file'>): Promise<FirmwareImage> {
    const cached = await this.#options.cache.read(image.file);
    if (cached) {
      try {
        return this.#check(cached, image.file);
      } catch (error) {
        if (!(error instanceof PortalError)) throw error; // it is fetched again
      }
    }
    return this.#fetch(imageUrl(this.#site, image), image.file);
  }

  /**
   * A file from anywhere. One that is named as a build is, is taken from the cache when it is there.
   * @throws PortalError as `get`, and `usage`
   */
  async fromUrl(url: string): Promise<FirmwareImage> {
    const file = decodeURIComponent(checkedUrl(url).pathname.split('/').at(-1) ?? '');
    const name = parseImageName(file);
    const cached = name && (await this.#options.cache.read(file));
    if (cached) {
      try {
        return this.#check(cached, file);
      } catch (error) {
        if (!(error instanceof PortalError)) throw error;
      }
    }
    return this.#fetch(url, name ? file : `other-${file.replace(/[^\w.-]/g, '_') || 'firmware.bin'}`);
  }

  async #fetch(url: string, file: string): Promise<FirmwareImage> {
    const path = this.#options.cache.path(file);
    try {
      return await this.#fetchOnce(url, file);
    } catch (error) {
      // Joined from two attempts it may have become a mixture: once more from its beginning.
      if (!(error instanceof PortalError) || error.code === 'firmware-download') {
        await this.#explainOffline(error);
        throw error;
      }
      await rm(path, { force: true });
      try {
        return await this.#fetchOnce(url, file);
      } catch (again) {
        await rm(path, { force: true });
        throw again;
      }
    }
  }

  async #fetchOnce(url: string, file: string): Promise<FirmwareImage> {
    const { cache, signal } = this.#options;
    this.#onProgress({ event: 'step', step: 'download' });
    this.#onProgress({ event: 'download', url });
    const startedAt = performance.now();
    let resumedAt: number | undefined;
    await download(url, cache.path(file), {
      signal,
      onBytes: (doneBytes, totalBytes = doneBytes) => {
        resumedAt ??= doneBytes;
        this.#onProgress(
          bytesEvent({
            step: 'download',
            doneBytes,
            totalBytes,
            elapsedMs: performance.now() - startedAt,
            earlierBytes: resumedAt,
          }),
        );
      },
    });
    return this.#check((await cache.read(file)) ?? Buffer.of(), file);
  }

  #check(bytes: Uint8Array, file: string): FirmwareImage {
    this.#onProgress({ event: 'step', step: 'check-image' });
    const image = inspectFirmware(bytes, file);
    const { chip, version, flashMode } = image;
    this.#onProgress({ event: 'image', chip, version, sizeBytes: bytes.length, flashMode });
    return image;
  }

  /** Without a network, what is cached can be used: say what that is. */
  async #explainOffline(error: unknown): Promise<void> {
    if (!(error instanceof PortalError)) return;
    const cached = newestFirst(await this.#options.cache.list());
    if (cached.length === 0) return;
    const versions = [...new Set(cached.map(({ version }) => version))].join(', ');
    throw new PortalError(error.code, `${error.message} The cache holds ${versions}.`, {
      cause: error.cause,
    });
  }
}
