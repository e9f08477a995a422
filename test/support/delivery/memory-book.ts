import type { Book, Put } from '../../../src/core/delivery/book.ts';
import { type DeliveryState, noDeliveries, takeDelivery } from '../../../src/core/delivery/state.ts';
import { DeliveryEvent, type DeliveryRecord } from '../../../src/protocol/delivery.ts';

/** What a disk keeps of the deliveries, over the processes that write to it. */
export class BookDisk {
  readonly records: DeliveryRecord[] = [];

  state(): DeliveryState {
    const state = noDeliveries();
    for (const record of this.records) takeDelivery(state, record);
    return state;
  }
}

/** One process's view of it: `alive` throws once the process is dead. */
export class MemoryBook implements Book {
  readonly #disk: BookDisk;
  readonly #alive: () => void;

  constructor(disk: BookDisk, alive: () => void = () => undefined) {
    this.#disk = disk;
    this.#alive = alive;
  }

  async read(): Promise<DeliveryState> {
    return this.#disk.state();
  }

  async change<T>(use: (state: DeliveryState, put: Put) => Promise<T>): Promise<T> {
    const state = this.#disk.state();
    const put: Put = async event => {
      this.#alive();
      const record = { v: 1, seq: state.seq + 1, at: state.seq + 1, ...DeliveryEvent.parse(event) };
      this.#disk.records.push(record);
      takeDelivery(state, record);
      this.#alive();
    };
    return use(state, put);
  }
}
