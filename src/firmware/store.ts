// Gets images: from the cache where they are, else from the site into the cache. Every one is checked by its own
// structure each time.

import { PortalError } from '../errors.js';
import { inspectFirmware } from '../esp/image/check.js';
import { type FirmwareImage, imageEvent } from '../esp/image/firmware-image.js';
import { bytesEvent, type OnProgress, type OperationOptions } from '../progress.js';
import { FirmwareCache, sha256 } from './cache.js';
import { type Board, catalogueOf, RELEASE_SHA256, variantOf } from './catalogue.js';
import {
  boardForChip,
  chooseImage,
  type FoundChip,
  type KnownImages,
  newestFirst,
  type Release,
  variantFor,
  variantsByName,
} from './choose.js';
import { download } from './download.js';
import { imageUrl, MICROPYTHON_SITE, readDownloadPage } from './download-page.js';
import { type ImageName, parseImageName } from './image-name.js';
import { checkedUrl, decoded, withoutCredentials } from './request.js';

/** New releases come every few months. */
const NAMES_ARE_FRESH_MS = 24 * 60 * 60 * 1000;

export interface FirmwareStoreOptions extends OperationOptions {
  /** The user's cache folder; need not exist. */
  cacheFolder: string;
  /** A mirror of https://micropython.org. */
  site?: string | undefined;
  /** Do not read the download pages. */
  offline?: boolean | undefined;
  /** Take plain http from other computers too. */
  allowHttp?: boolean | undefined;
  /** Take other programs than MicroPython too. */
  anyFirmware?: boolean | undefined;
}

/** A file as it came, and what is in it. */
interface Fetched {
  readonly bytes: Uint8Array;
  readonly image: FirmwareImage;
}

export class FirmwareStore {
  readonly #options: FirmwareStoreOptions;
  readonly #site: string;
  readonly #cache: FirmwareCache;
  readonly #onProgress: OnProgress;

  constructor(options: FirmwareStoreOptions) {
    this.#options = options;
    this.#site = (options.site ?? MICROPYTHON_SITE).replace(/\/+$/, '');
    this.#cache = new FirmwareCache(options.cacheFolder, this.#site);
    this.#onProgress = options.onProgress ?? (() => {});
  }

  /**
   * The image for a chip.
   * @throws PortalError `firmware-missing`, `firmware-too-large`, `firmware-download`; the signal's reason
   */
  async forChip(release: Release, found: FoundChip): Promise<FirmwareImage> {
    this.#onProgress({ event: 'step', step: 'find-firmware' });
    const board = boardForChip(found.family);
    const variant = variantFor(board, found);
    const known = await this.known(board);
    const image = chooseImage(known, board, variant, release);
    this.#nameOthers(known, board, image);
    return this.get(image);
  }

  #nameOthers({ images }: KnownImages, board: Board, chosen: ImageName): void {
    const named = variantsByName(board, variantOf(chosen));
    if (!named) return;
    const isOther = (image: ImageName) =>
      image.version === chosen.version && named.variants.includes(variantOf(image) ?? '');
    const files = images.filter(isOther).map(({ file }) => file);
    if (files.length > 0) this.#onProgress({ event: 'other-builds', files, hardware: named.hardware });
  }

  /** All builds of a board: those of the package, and those on its download page, which is read once a day. */
  async known(board: Board): Promise<KnownImages> {
    const { offline = false } = this.#options;
    const stored = await this.#cache.readNames(board);
    let listed = stored?.images ?? [];
    let isFresh = stored !== undefined && stored.ageMs < NAMES_ARE_FRESH_MS;
    if (!isFresh && !offline) {
      try {
        listed = await readDownloadPage(this.#site, board, this.#options);
        if (listed.length > 0) await this.#cache.storeNames(board, listed);
        isFresh = true;
      } catch (error) {
        if (!(error instanceof PortalError && error.code === 'firmware-download')) throw error;
      }
    }
    const byFile = new Map([...catalogueOf(board), ...listed].map((image) => [image.file, image]));
    return { images: newestFirst([...byFile.values()]), isFresh };
  }

  /** The builds in the cache. */
  async cached(): Promise<ImageName[]> {
    return this.#cache.list();
  }

  /**
   * A build by its name, from the cache or the site.
   * @throws PortalError `firmware-download`, `firmware-damaged`, `firmware-invalid`; the signal's reason
   */
  async get({ file }: Pick<ImageName, 'file'>): Promise<FirmwareImage> {
    const known = RELEASE_SHA256[file] ?? (await this.#cache.recordedSha256(file));
    const cached = await this.#cache.read(file);
    if (cached && (known === undefined || known === sha256(cached))) {
      try {
        return this.#check(cached, file);
      } catch (error) {
        if (!(error instanceof PortalError)) throw error; // it is fetched again
      }
    }
    const fetched = await this.#fetch(imageUrl(this.#site, { file }), file, known);
    await this.#cache.store(file, fetched.bytes);
    return fetched.image;
  }

  /**
   * A file from any URL. Only URLs of the site itself are releases, whatever the file name; all others
   * are fetched each time.
   * @throws PortalError as `get`, and `usage`
   */
  async fromUrl(url: string): Promise<FirmwareImage> {
    const address = checkedUrl(url);
    const file = decoded(address.pathname.split('/').at(-1) ?? '');
    const name = parseImageName(file);
    if (name && address.href === imageUrl(this.#site, name)) return this.get(name);
    return (await this.#fetch(url, file || 'the firmware')).image;
  }

  async #fetch(url: string, file: string, sha256Hex?: string): Promise<Fetched> {
    const part = await this.#cache.takePart(url);
    try {
      return await this.#fetchOnce(url, file, sha256Hex, part);
    } catch (error) {
      if (!(error instanceof PortalError)) throw error;
      // Joined from two attempts it may have become a mixture: once more from its beginning.
      if (part && error.code !== 'firmware-download') return this.#fetchOnce(url, file, sha256Hex, undefined);
      throw error.code === 'firmware-download' ? await this.#explainOffline(error) : error;
    }
  }

  async #fetchOnce(
    url: string,
    file: string,
    sha256Hex: string | undefined,
    part: Uint8Array | undefined,
  ): Promise<Fetched> {
    const { signal, allowHttp } = this.#options;
    this.#onProgress({ event: 'step', step: 'download' });
    this.#onProgress({ event: 'download', url: withoutCredentials(checkedUrl(url)) });
    const bytes = await download(url, {
      signal,
      allowHttp,
      have: part,
      onPartial: (some) => this.#cache.leavePart(url, some),
      onBytes: this.#reportBytes(),
      onRetry: (failure) => this.#onProgress({ event: 'retry', step: 'download', ...failure }),
    });
    const image = this.#check(bytes, file);
    if (sha256Hex !== undefined && sha256Hex !== sha256(bytes)) {
      throw new PortalError(
        'firmware-damaged',
        `${file} from ${this.#site} is not the released file: its SHA-256 is ${sha256(bytes)}, not ${sha256Hex}.`,
        {
          next: `Get the file elsewhere and check it. The expected value is in ${this.#cache.path(`${file}.sha256`)} or in this package.`,
        },
      );
    }
    return { bytes, image };
  }

  #reportBytes(): (doneBytes: number, totalBytes: number | undefined) => void {
    const startedAt = performance.now();
    let earlierBytes: number | undefined;
    return (doneBytes, totalBytes) => {
      earlierBytes ??= doneBytes;
      const elapsedMs = performance.now() - startedAt;
      this.#onProgress(bytesEvent({ step: 'download', doneBytes, totalBytes, elapsedMs, earlierBytes }));
    };
  }

  #check(bytes: Uint8Array, file: string): FirmwareImage {
    this.#onProgress({ event: 'step', step: 'check-image' });
    const image = inspectFirmware(bytes, file, this.#options);
    this.#onProgress(imageEvent(image));
    return image;
  }

  /** Names the cached releases, which can be used without a network. */
  async #explainOffline(error: PortalError): Promise<PortalError> {
    const cached = newestFirst(await this.#cache.list());
    if (cached.length === 0) return error;
    const versions = [...new Set(cached.map(({ version }) => version))].join(', ');
    return error.with({ adds: `The cache holds ${versions}.` });
  }
}
