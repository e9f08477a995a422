const words = (text: string) => text.split(/\s+/).filter(Boolean);

/** The system and its programs; what else there is, such as Homebrew's folder, is found where Linux has the same. */
export const SYSTEM_FOLDERS = words(`/usr /bin /sbin /System/Library /System/iOSSupport /System/Cryptexes
  /System/Volumes/Preboot/Cryptexes /Library/Apple /Library/Developer /Library/Frameworks /Library/Java
  /Library/Perl /Library/Ruby /Library/Preferences/Logging /Applications/Xcode.app /private/etc
  /private/var/db/dyld /private/var/db/timezone /private/var/db/xcode_select_link /private/var/select`);

/** Links of the system's root. */
export const SYSTEM_LINKS = words('/etc /tmp /var /private /private/var /private/tmp /dev');

/** Data of servers that lies where programs are installed, and keys. */
export const SYSTEM_HIDDEN = words('/opt/homebrew/var /usr/local/var /Library/Keychains /private/etc/master.passwd');

/**
 * What every program needs to begin. Services are named one by one: through most others a program has somebody else do
 * what it may not. Whatever is known not to fall under the first line is denied by name.
 */
export const BASE = `(version 1)
(deny default)
(deny nvram*)
(deny process-info*)
(deny appleevent-send)
(deny lsopen)
(allow process-exec)
(allow process-fork)
(allow signal (target same-sandbox))
(allow process-info* (target same-sandbox))
(allow file-map-executable)
(allow mach-lookup
  (global-name "com.apple.system.opendirectoryd.libinfo")
  (global-name "com.apple.system.opendirectoryd.membership")
  (global-name "com.apple.system.notification_center")
  (global-name "com.apple.bsd.dirhelper"))
(allow sysctl-read
  (sysctl-name-prefix "hw.")
  (sysctl-name-prefix "machdep.cpu.")
  (sysctl-name "kern.argmax")
  (sysctl-name "kern.hostname")
  (sysctl-name "kern.maxfilesperproc")
  (sysctl-name "kern.maxproc")
  (sysctl-name "kern.osproductversion")
  (sysctl-name "kern.osrelease")
  (sysctl-name "kern.ostype")
  (sysctl-name "kern.osvariant_status")
  (sysctl-name "kern.osversion")
  (sysctl-name "kern.secure_kernel")
  (sysctl-name "kern.usrstack64")
  (sysctl-name "kern.version")
  (sysctl-name "sysctl.proc_cputype")
  (sysctl-name "vm.loadavg"))
(allow ipc-posix-sem)
(allow pseudo-tty)
(allow system-socket (socket-domain AF_UNIX))`;

/** Terminals of others are none of them. */
export const DEVICES = `(allow file-read*
  (literal "/")
  (literal "/dev/autofs_nowait")
  (literal "/dev/random")
  (literal "/dev/urandom"))
(allow file-read* file-write-data
  (literal "/dev/null")
  (literal "/dev/zero")
  (subpath "/dev/fd"))
(allow file-read* file-write* file-ioctl
  (literal "/dev/dtracehelper")
  (literal "/dev/ptmx"))
(allow file-read* file-write*
  (require-all (regex #"^/dev/ttys[0-9]+$") (extension "com.apple.sandbox.pty")))`;
