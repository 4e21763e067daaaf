// Why a chip started and from where, in words.
// ESP8266: "A.3 ESP8266 boot messages" in Espressif's hardware design guidelines. ESP32: RESET_REASON and the strapping
// pins in ESP-IDF's rom/rtc.h and in the ESP32's technical reference manual, "Boot configuration".

const ESP8266_CAUSES: Readonly<Record<number, string>> = {
  0: 'cause unknown',
  1: 'power came on',
  2: 'reset pin, wake-up from deep sleep, or a restart that the program asked for',
  3: 'restart by software',
  4: 'hardware watchdog: the program hung',
};

const ESP8266_MODES: Readonly<Record<number, string>> = {
  0: 'no valid boot mode: GPIO15 or GPIO2 is pulled to a wrong level',
  1: 'ROM loader, because GPIO0 is low: it waits for a flasher',
  3: 'from flash',
  4: 'from an SD card, because GPIO15 is high',
  5: 'from an SD card, because GPIO15 is high',
  6: 'from an SD card, because GPIO15 is high',
  7: 'from an SD card, because GPIO15 is high',
};

const ESP32_CAUSES: Readonly<Record<number, string>> = {
  1: 'power came on, or the reset pin',
  3: 'restart by software',
  4: 'watchdog of the old kind',
  5: 'wake-up from deep sleep',
  6: 'SDIO host',
  7: 'watchdog of timer group 0: interrupts were blocked for too long',
  8: 'watchdog of timer group 1: interrupts were blocked for too long',
  9: 'RTC watchdog',
  10: 'intrusion test',
  11: 'watchdog of a timer group, for one core',
  12: 'restart that the program asked for, or that followed a crash',
  13: 'RTC watchdog, for one core',
  14: 'one core restarted the other',
  15: 'brown-out: the supply voltage fell too low',
  16: 'RTC watchdog: nothing that could be started, or the start hung',
};

/** Bit 4 of the ESP32's strapping value is GPIO0: low selects the loader. */
const ESP32_GPIO0 = 0x10;

export function explainEsp8266Boot(cause: number, mode: number): string {
  const why = ESP8266_CAUSES[cause] ?? `cause ${cause}`;
  return `reset: ${why}; boots ${ESP8266_MODES[mode] ?? `in mode ${mode}`}`;
}

export function explainEsp32Boot(cause: number, mode: number): string {
  const why = ESP32_CAUSES[cause] ?? `cause ${cause}`;
  const how = mode & ESP32_GPIO0 ? 'from flash' : 'ROM loader, because GPIO0 is low: it waits for a flasher';
  return `reset: ${why}; boots ${how}`;
}
