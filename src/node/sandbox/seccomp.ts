/**
 * Calls of the kernel that no build and no test needs, and through which others have got out: other namespaces, mounts,
 * kernel modules, keys, and sockets of families that a network of one's own does not hold. A list of what is refused, as
 * containers have it: whatever else a program asks for is held by the rest of the sandbox.
 */

interface Machine {
  /** As the kernel calls it when it filters. */
  audit: number;
  socket: number;
  ioctl: number;
  refused: readonly number[];
  /** From here on the calls of another way to speak to the same machine begin. */
  foreign?: number;
}

const numbers = (text: string) => text.trim().split(/\s+/).map(Number);

const MACHINES: Readonly<Record<string, Machine>> = {
  x64: {
    audit: 0xc000003e,
    socket: 41,
    ioctl: 16,
    foreign: 0x40000000,
    // acct adjtimex init_module delete_module finit_module quotactl settimeofday mount umount2 swapon swapoff reboot
    // sethostname setdomainname iopl ioperm clock_settime clock_adjtime pivot_root chroot syslog vhangup kexec_load
    // kexec_file_load add_key request_key keyctl unshare setns perf_event_open fanotify_init name_to_handle_at
    // open_by_handle_at bpf userfaultfd io_uring (3) open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr
    refused: numbers(`163 159 175 176 313 179 164 165 166 167 168 169 170 171 172 173 227 305 155 161 103 153 246
      320 248 249 250 272 308 298 300 303 304 321 323 425 426 427 428 429 430 431 432 433 442`),
  },
  arm64: {
    audit: 0xc00000b7,
    socket: 198,
    ioctl: 29,
    refused: numbers(`89 171 105 106 273 60 170 40 39 224 225 142 161 162 112 266 41 51 116 58 104
      294 217 218 219 97 268 241 262 264 265 280 282 425 426 427 428 429 430 431 432 433 442`),
  },
};

/** Sockets within this machine, over its loopback, and questions about it. */
const FAMILIES = { unix: 1, inet: 2, inet6: 10, netlink: 16 };
/** Puts characters into the input of a terminal, as if they had been typed. */
const TYPES_FOR_OTHERS = [0x5412, 0x541c];

const LOAD = 0x20;
const IF_EQUAL = 0x15;
const IF_AT_LEAST = 0x35;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const REFUSE = 0x00050001;
const KILL = 0x80000000;
const AT = { number: 0, machine: 4, firstArgument: 16, secondArgument: 24 };

type Step = [code: number, yes: number, no: number, value: number];

/** The filter as the kernel takes it; undefined on machines whose calls are not known here. */
export function seccompFilter(arch: string = process.arch): Uint8Array | undefined {
  const machine = MACHINES[arch];
  if (!machine) return undefined;
  const steps: Step[] = [
    [LOAD, 0, 0, AT.machine],
    [IF_EQUAL, 1, 0, machine.audit],
    [RETURN, 0, 0, KILL],
    [LOAD, 0, 0, AT.number],
  ];
  const refuse: Step = [RETURN, 0, 0, REFUSE];
  if (machine.foreign !== undefined) steps.push([IF_AT_LEAST, 0, 1, machine.foreign], refuse);
  for (const call of machine.refused) steps.push([IF_EQUAL, 0, 1, call], refuse);
  const families = Object.values(FAMILIES);
  steps.push(
    [IF_EQUAL, 0, families.length + 2, machine.socket],
    [LOAD, 0, 0, AT.firstArgument],
    // Each leads to the line behind the refusal.
    ...families.map((family, i): Step => [IF_EQUAL, families.length - i, 0, family]),
    refuse,
    [LOAD, 0, 0, AT.number],
    [IF_EQUAL, 0, TYPES_FOR_OTHERS.length + 2, machine.ioctl],
    [LOAD, 0, 0, AT.secondArgument],
    ...TYPES_FOR_OTHERS.map(
      (request, i): Step => [
        IF_EQUAL,
        TYPES_FOR_OTHERS.length - 1 - i,
        i + 1 < TYPES_FOR_OTHERS.length ? 0 : 1,
        request,
      ],
    ),
    refuse,
    [RETURN, 0, 0, ALLOW],
  );
  const bytes = new Uint8Array(steps.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [i, [code, yes, no, value]] of steps.entries()) {
    view.setUint16(i * 8, code, true);
    view.setUint8(i * 8 + 2, yes);
    view.setUint8(i * 8 + 3, no);
    view.setUint32(i * 8 + 4, value, true);
  }
  return bytes;
}
