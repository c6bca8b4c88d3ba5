/**
 * `run --gdb PORT`: sessions over TCP on loopback, one at a time. The machine waits for the first one before it begins; without a
 * session it runs, and a new one stops it.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Machine, RunLimits, Stop } from '@worldswitch/machine';
import { mistake, type Mistake } from '../command.ts';
import type { Holder } from '../run/drive.ts';
import { MachineTarget } from './machine-target.ts';
import { encodePacket, PacketReader, type Incoming } from './packet.ts';
import { GENERAL_REGISTERS } from './registers.ts';
import { Session, type Reaction, type Resumption } from './session.ts';

const LOOPBACK = '127.0.0.1';
/** Packets that a debugger may send while the machine runs, where it should wait. */
const MAX_WAITING = 64;
const ACKNOWLEDGE = Uint8Array.of(0x2b);
const REFUSE = Uint8Array.of(0x2d);

/** A debugger that is connected. */
interface Connection {
  readonly socket: Socket;
  readonly session: Session;
  readonly reader: PacketReader;
  /** What was sent last, for when it did not arrive. */
  last: Uint8Array;
}

export class GdbServer implements Holder {
  readonly port: number;
  readonly #server: Server;
  readonly #target: MachineTarget;
  #connection: Connection | null = null;
  /** The machine stands still. */
  #isHeld = true;
  #wantsStop = false;
  #isKilled = false;
  #resumed: Resumption = { step: null, only: null };
  /** Packets that came while the machine ran. */
  readonly #waiting: string[] = [];
  /** Lets go of whoever waits for the machine to be let run. */
  #release = (): void => undefined;

  private constructor(server: Server, machine: Machine) {
    this.#server = server;
    this.#target = new MachineTarget(machine);
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => this.#connect(socket));
  }

  /** Listens at the port; 0 is any that is free. */
  static async listen(port: number, machine: Machine): Promise<GdbServer | Mistake> {
    const server = createServer({ noDelay: true });
    const failure = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      server.once('error', resolve);
      server.listen(port, LOOPBACK, () => resolve(null));
    });
    return failure === null ? new GdbServer(server, machine) : mistake(`--gdb ${String(port)}: ${failure.code === 'EADDRINUSE' ? 'another program listens there: choose another port, or 0 for one that is free' : failure.message}`);
  }

  get wantsStop(): boolean {
    return this.#wantsStop;
  }

  async permit(): Promise<RunLimits | null> {
    if (this.#isHeld) await new Promise<void>((resolve) => (this.#release = resolve));
    if (this.#isKilled) return null;
    const { step, only } = this.#resumed;
    return { ...(step !== null && { step: step - 1 }), ...(only !== null && { only: only - 1 }) };
  }

  stopped(stop: Stop): void {
    this.#wantsStop = false;
    if (this.#connection === null) return;
    this.#isHeld = true;
    this.#send(this.#connection, this.#connection.session.stopped(this.#target.eventOf(stop, this.#resumed.step ?? this.#resumed.only ?? 1)));
    const packets = this.#waiting.splice(0);
    for (const packet of packets) this.#handle(this.#connection, packet);
  }

  get isAttached(): boolean {
    return this.#connection !== null;
  }

  /** Tells the debugger of the end, and listens no more. */
  async end(stop: Stop): Promise<void> {
    const connection = this.#connection;
    if (connection !== null) this.#send(connection, connection.session.ended(stop.exitCode));
    connection?.socket.end();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** There is nothing to debug. */
  abandon(): void {
    this.#connection?.socket.destroy();
    this.#server.close();
  }

  interrupt(): void {
    this.#isKilled = true;
    this.#release();
  }

  // ---- Connections ---------------------------------------------------------------------------------------------------

  #connect(socket: Socket): void {
    if (this.#connection !== null) {
      socket.destroy();
      return;
    }
    const connection: Connection = { socket, session: new Session(this.#target, GENERAL_REGISTERS), reader: new PacketReader(), last: ACKNOWLEDGE };
    this.#connection = connection;
    this.#wantsStop = !this.#isHeld;
    socket.on('data', (bytes) => {
      for (const incoming of connection.reader.take(bytes)) this.#take(connection, incoming);
    });
    // A connection that is reset is one that has ended.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#disconnected(connection));
  }

  /** A debugger that has gone leaves nothing behind, and the machine runs on. */
  #disconnected(connection: Connection): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    this.#waiting.length = 0;
    this.#target.clearAll();
    this.#run({ step: null, only: null });
  }

  #take(connection: Connection, incoming: Incoming): void {
    if (connection !== this.#connection) return;
    switch (incoming.kind) {
      case 'interrupt':
        this.#wantsStop = !this.#isHeld;
        return;
      case 'nack':
        if (!connection.session.noAcknowledge) connection.socket.write(connection.last);
        return;
      case 'bad':
        if (!connection.session.noAcknowledge) connection.socket.write(REFUSE);
        return;
      case 'packet':
        if (!connection.session.noAcknowledge) connection.socket.write(ACKNOWLEDGE);
        if (this.#isHeld) this.#handle(connection, incoming.body);
        else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(incoming.body);
        else connection.socket.destroy();
    }
  }

  #handle(connection: Connection, body: string): void {
    if (!this.#isHeld) {
      this.#waiting.push(body);
      return;
    }
    this.#react(connection, connection.session.handle(body));
  }

  #react(connection: Connection, reaction: Reaction): void {
    switch (reaction.kind) {
      case 'reply':
        this.#send(connection, reaction.reply);
        return;
      case 'resume':
        this.#run(reaction.resumption);
        return;
      case 'kill':
        this.#isKilled = true;
        this.#send(connection, reaction.reply);
        this.#run({ step: null, only: null });
        return;
      case 'detach':
        this.#send(connection, reaction.reply);
        connection.socket.end();
        this.#disconnected(connection);
    }
  }

  #send(connection: Connection, body: string): void {
    connection.last = encodePacket(body);
    connection.socket.write(connection.last);
  }

  #run(resumption: Resumption): void {
    this.#resumed = resumption;
    this.#isHeld = false;
    this.#wantsStop = false;
    this.#release();
  }
}
