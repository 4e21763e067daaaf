// What may run on the virtual chip: its ROM loader, or the firmware in its flash. One at a time owns the UART.

/** The chip's side of the serial line, as a running program sees it. */
export interface BoardUart {
  /** Sends bytes to the host, at the rate of the line. */
  transmit(bytes: Uint8Array): void;
  /** Sets the chip's baud rate, once what was sent before has left. */
  setBaudRate(baudRate: number): void;
}

/** A program that has the chip to itself until it is stopped. */
export interface Program {
  /** Bytes that came in on the UART. */
  receive(bytes: Uint8Array): void;
  /** Ends at once, as when EN goes low; nothing is transmitted afterwards. */
  stop(): Promise<void>;
}
