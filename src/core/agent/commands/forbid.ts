import { forbiddenFiles } from './forbid-files.ts';
import { forbiddenGit } from './forbid-git.ts';
import type { Workspace } from './places.ts';
import { nameOf, type Simple, sources } from './simple.ts';
import { shells } from './unwrap.ts';
import { deny, type Finding, never } from './verdict.ts';

const words = (text: string) => new Set(text.split(' '));

const asOther = words('sudo doas su pkexec runuser gosu sudoedit chroot unshare nsenter setpriv runas machinectl');
const system = words(
  'shutdown reboot halt poweroff init telinit systemctl service initctl rc-service launchctl mount umount fdisk parted sfdisk ' +
    'sgdisk gdisk wipefs mkswap swapon swapoff losetup cryptsetup pvcreate vgremove lvremove mdadm insmod modprobe rmmod sysctl ' +
    'iptables ip6tables nft ufw firewall-cmd useradd userdel usermod adduser deluser groupadd groupdel passwd chpasswd visudo ' +
    'vipw crontab at batch atd diskutil diskpart bootcfg bcdedit format reg regedit schtasks sc netsh ' +
    'vssadmin cipher takeown icacls setx update-grub efibootmgr hdparm nvme blkdiscard badblocks debugfs tune2fs resize2fs',
);
/** End processes by their names, whoever started them. */
const enders = words('killall pkill skill');
const publishing: Record<string, ReadonlySet<string>> = {
  npm: words('publish unpublish login adduser logout token owner deprecate dist-tag access team hook star profile'),
  pnpm: words('publish unpublish login logout'),
  yarn: words('publish login logout npm'),
  bun: words('publish'),
  cargo: words('publish yank login logout owner'),
  gem: words('push yank signin owner'),
  twine: words('upload register'),
  poetry: words('publish'),
  docker: words('push login logout'),
  podman: words('push login logout'),
  helm: words('push install upgrade uninstall delete rollback'),
  gh: words('auth secret release repo ssh-key gpg-key workflow variable'),
  kubectl: words('delete drain apply replace exec cordon taint patch edit scale'),
  terraform: words('apply destroy import taint state'),
  tofu: words('apply destroy import taint state'),
  vsce: words('publish unpublish login'),
  netlify: words('deploy'),
  vercel: words('deploy'),
  firebase: words('deploy'),
};
const systemAdvice = "Work on files of the workspace; the machine is the user's to change.";

/** Everything that is refused however it is asked for; undefined where nothing speaks against it. */
export function forbidden(command: Simple, workspace: Workspace): Finding | undefined {
  const name = nameOf(command);
  if (asOther.has(name))
    return never('as-another-user', 'Commands run as the user who started the session, and as nobody else.');
  if (enders.has(name)) return never('ends-processes', systemAdvice);
  if (system.has(name) || /^mkfs(\.|$)/.test(name)) return never('changes-the-system', systemAdvice);
  if (name === 'kill' && command.args.slice(1).some(arg => /^-1$/.test(arg.text)))
    return never('changes-the-system', systemAdvice);
  if (runsDownload(command, name))
    return never('runs-download', 'What is downloaded is not run unseen. Ask the user to install it.');
  return publishes(command, name) ?? forbiddenGit(command, name) ?? forbiddenFiles(command, name, workspace);
}

const downloads = words('curl wget fetch aria2c http https nc ncat socat lynx ftp scp iwr Invoke-WebRequest');
const interpreters = words(
  'python python2 python3 node deno bun perl ruby php lua osascript pwsh powershell eval source .',
);

function runsDownload(command: Simple, name: string): boolean {
  const isShell = shells.has(name);
  if (!isShell && !interpreters.has(name)) return false;
  const readsProgram = isShell || command.args.slice(1).every(arg => arg.text === '-');
  const from = readsProgram ? command : { ...command, input: [] };
  for (const source of sources(from)) if (downloads.has(nameOf(source))) return true;
  return false;
}

function publishes(command: Simple, name: string): Finding | undefined {
  const verbs = Object.hasOwn(publishing, name) ? publishing[name] : undefined;
  const verb = command.args.slice(1).find(arg => !arg.text.startsWith('-'));
  if (!verbs || !verb || !verbs.has(verb.text)) return undefined;
  return deny(
    'publishes',
    'Nothing leaves this machine without the user. Say what is to be published, and leave it to them.',
  );
}
