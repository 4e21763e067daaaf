// The station of the virtual board: joins one network at a time, and shows how that goes as the chip's SDK does.

import type { AirNetwork } from './air.js';

/** Whose SDK drives the radio. */
export type Chip = 'esp8266' | 'esp32';

/** What `WLAN.status()` shows: STATION_… of the ESP8266's SDK, WIFI_REASON_… and STAT_… on an ESP32. */
const STATION_STATUS = {
  esp8266: { idle: 0, connecting: 1, wrongPassword: 2, noApFound: 3, connectFail: 4, gotIp: 5 },
  esp32: { idle: 1000, connecting: 1001, wrongPassword: 202, noApFound: 201, connectFail: 203, gotIp: 1010 },
} as const satisfies Record<Chip, Record<StationStep, number>>;

type StationStep = 'idle' | 'connecting' | 'wrongPassword' | 'noApFound' | 'connectFail' | 'gotIp';

/** Read at each join. */
export interface StationOptions {
  readonly air: readonly AirNetwork[];
  /** Six numbers. */
  readonly mac: readonly number[];
  /** From the request to the router's answer. */
  readonly joinMs: number;
}

const NO_ADDRESS: readonly string[] = ['0.0.0.0', '0.0.0.0', '0.0.0.0', '0.0.0.0'];

export class Station {
  readonly #options: StationOptions;
  readonly #chip: Chip;
  readonly #onTuned: (channel: number) => void;
  #step: StationStep = 'idle';
  /**
   * An ESP32 shows why it failed until it has succeeded, even after `disconnect()` and while it joins another network;
   * and `idle`, once it has left a network that it had joined.
   */
  #lastFailure: StationStep | undefined;
  #network: AirNetwork | undefined;
  #address = NO_ADDRESS;
  /** Set by the program, which turns DHCP off until the chip restarts or it is turned on. */
  #fixedAddress: readonly string[] | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param onTuned the radio has moved to the network's channel, whatever the result */
  constructor(options: StationOptions, chip: Chip, onTuned: (channel: number) => void) {
    this.#options = options;
    this.#chip = chip;
    this.#onTuned = onTuned;
  }

  get status(): number {
    const codes = STATION_STATUS[this.#chip];
    if (this.#chip === 'esp32' && this.#step !== 'gotIp') return codes[this.#lastFailure ?? this.#step];
    return codes[this.#step];
  }

  /** The network that it has an address of. */
  get network(): AirNetwork | undefined {
    return this.#step === 'gotIp' ? this.#network : undefined;
  }

  get address(): readonly string[] {
    return this.#fixedAddress ?? this.#address;
  }

  /** `undefined` for DHCP. */
  fixAddress(address: readonly string[] | undefined): void {
    this.#fixedAddress = address;
  }

  get isJoining(): boolean {
    return this.#step === 'connecting';
  }

  /** It has failed, and an ESP32 tries again until disconnect(). */
  get hasFailed(): boolean {
    return this.#step !== 'idle' && this.#step !== 'connecting' && this.#step !== 'gotIp';
  }

  join(ssid: string, password: string): void {
    this.#forget();
    if (ssid === '') return;
    this.#step = 'connecting';
    this.#after(this.#options.joinMs, () => this.#tune(ssid, password));
  }

  /** As `disconnect()` does. */
  leave(): void {
    // ESP-IDF reports a disconnection only after a connection.
    if (this.#step === 'gotIp') this.#lastFailure = 'idle';
    this.#forget();
  }

  /** Without power. */
  reset(): void {
    this.#forget();
    this.#fixedAddress = undefined;
    this.#lastFailure = undefined;
  }

  #tune(ssid: string, password: string): void {
    const found = this.#options.air.find((one) => one.ssid === ssid && one.fails !== 'out-of-range');
    if (!found || found.enterprise) {
      this.#fail('noApFound');
      return;
    }
    this.#onTuned(found.channel);
    if (found.password !== password) {
      this.#fail(found.password === '' ? 'connectFail' : 'wrongPassword');
    } else if (found.fails !== 'no-address' || this.#fixedAddress) {
      this.#after(found.addressMs, () => this.#succeed(found));
    }
  }

  #fail(step: StationStep): void {
    this.#step = step;
    this.#lastFailure = step;
  }

  #succeed(network: AirNetwork): void {
    this.#network = network;
    this.#step = 'gotIp';
    this.#lastFailure = undefined;
    this.#address = stationAddress(this.#options.mac);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#network = undefined;
    this.#address = NO_ADDRESS;
    this.#step = 'idle';
  }

  #after(ms: number, act: () => void): void {
    this.#timer = setTimeout(act, ms);
    // The timer must not keep the process running.
    this.#timer.unref();
  }
}

/** What the router's DHCP server gives this board: the same each time. */
function stationAddress(mac: readonly number[]): readonly string[] {
  const host = 20 + ((mac[5] ?? 0) % 200);
  return [`192.168.1.${host}`, '255.255.255.0', '192.168.1.1', '192.168.1.1'];
}
