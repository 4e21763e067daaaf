// The order of what a board sends and of its comings and goings on the bus.

/**
 * A reader takes bytes a moment after they came, when the device that sent them may have left, or another may have come.
 * Where each is handed over in a turn of its own, what came before has been taken.
 */
export function inTurn<T>(handOver: (value: T) => void): (value: T) => void {
  return (value) => void setImmediate(handOver, value);
}
