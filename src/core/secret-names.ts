/**
 * Which files may hold secrets, by their names: the one list that tools, commands, project texts and listings ask.
 * All names here are folded (see `paths.ts`), so that neither case nor invisible characters hide one.
 */

const words = (text: string) => text.split(/\s+/).filter(Boolean);
const anyOf = (text: string) => `(${words(text).join('|')})`;

/** Everything below these is somebody's keys. */
const FOLDERS = new Set(
  words(`.ssh .aws .azure .gnupg .kube .docker .gcloud .oci .password-store .vault .envs .secrets .credentials
    .terraform.d .1password .keychain .env.d .dbt .snowsql .doctl .fly .cloudflared .ngrok2 .kaggle .chef .step .age`),
);
const NESTED_FOLDER = /(^|\/)\.config\/(gcloud|gh|hub|op|rclone|doctl|sops|glab-cli)(\/|$)/;
/** Ordinary names where they belong, with passwords in them where a person keeps them. */
const NESTED_FILE =
  /(^|\/)(\.m2\/settings(-security)?\.xml|\.gradle\/gradle\.properties|\.?huggingface\/(stored_)?tokens?)$/;

/** Where settings are kept and no program is: `credentials.json`, and not `credentials.ts`. */
const DATA = String.raw`(\.${anyOf('json json5 jsonc ya?ml toml ini txt xml conf cfg csv properties plist env enc')})?`;

const SECRET_DATA = new RegExp(String.raw`^[\w-]+${DATA}$`);

const NAMES = [
  // .env, .env-prod and .envrc.local; not .envoy or .environment.
  /^\.env(rc)?([^a-z].*)?$/,
  // prod.env and prod.env.local, as compose files name them; not env.ts.
  /.\.env(\.(local|prod\w*|dev\w*|test|stag\w*|ci))?$/,
  /^\.dev\.vars(\..+)?$/,
  /^\.flaskenv$/,
  /^env\.(local|prod\w*|dev\w*|stag\w*)$/,
  new RegExp(
    `^[._]${anyOf(
      `npmrc yarnrc pypirc netrc pgpass my\\.cnf mylogin\\.cnf git-?credentials htpasswd htdigest dockercfg
       dockerconfigjson s3cfg boto terraformrc sentryclirc databrickscfg msmtprc muttrc offlineimaprc passwd-s3fs fetchmailrc rclone\\.conf \\w+_history`,
    )}([._-].*)?$`,
  ),
  /^(pgpass\.conf|terraform\.rc|rclone\.conf|local\.settings\.json|oauth_creds\.json|wallet\.dat|mnemonic(\.txt)?|utc--.*)$/,
  /^(keystore|key|signing)\.properties$/,
  /^(cookies\.txt|logins\.json|key4\.db|(wallet|keypair|kaggle)\.json|ngrok\.ya?ml|age-?keys?\.txt)$/,
  // Without a dot, these are folders of programs as well.
  /^htpasswd$|^\.(token|api[_-]?keys?|passw(or)?ds?)$/,
  /^\.?((access|auth|api|refresh|bearer|github|gh|gitlab|slack|npm|pypi|vault)[_-]?)?token\.(txt|json)$/,
  /^\.?(api[_-]?keys?|passw(or)?ds?|(.*[._-])?private[_-]?key)\.(csv|json|txt|xml|ya?ml)$/,
  /^((gcp|gcloud|google|service|sa|account|iam|firebase|admin)[_-]?)?key(file)?\.json$/,
  /\.(pem|key|p8|p12|pfx|pkcs8|pkcs12|jks|bks|keystore|keytab|kdbx?|ppk|asc|gpg|pgp|agekey|ovpn|wallet|psafe3|keychain(-db)?)$/,
  /\.tfvars(\.json)?$/,
  /\.tfstate(\..*)?$/,
  // Private keys of ssh have no extension, public ones have .pub.
  /^id_[\w-]+$/,
  /^id_(rsa|dsa|ecdsa|ed25519)[\w-]*\.(txt|priv|private)$/,
  /^([\w.-]+[_-](rsa|dsa|ecdsa|ed25519)|ssh_host_\w+_key|(deploy|private|ssh|api|host)[_-]?key)$/,
  new RegExp(`^(.*[._-])?(credentials?|secrets?)([._-].*)?${DATA}$`),
  new RegExp(`^(service[_-]?account|client[_-]?secret|.*firebase-adminsdk).*${DATA}$`),
  /^(.*[._-])?kubeconfig([._-].*)?$/,
  /^\.?(ansible[_-])?vault[_-]?(pass|password|token|key)(file)?([._-].*)?$/,
  /^secring\./,
];

/** A file of a program or for readers, whatever it is called. */
const PROGRAM_OR_PROSE = new RegExp(
  String.raw`\.${anyOf(
    `[cm]?[jt]sx? d\\.ts py pyi rb go rs java kts? scala php cs fs vb c h cc cpp hpp m swift dart lua pl r sql sh bash zsh
     fish ps1 vue svelte astro html? css s[ac]ss less md mdx rst adoc tf hcl ex exs erl hs ml clj elm nix proto graphql
     ipynb svg png jpe?g gif webp pub baseline lock snap`,
  )}$`,
);

/** Examples carry no secrets and are what a team is asked to write. */
const EXAMPLE =
  /(^|[._-])(examples?|samples?|templates?|tmpl|tpl|dist|defaults?|schema)(\.(env|tfvars|json|ya?ml|toml|ini|txt|conf))?$/;

/** What editors, tools and people hang on the name of a copy. */
const COPY =
  /(~+|[._-](bak|backup|bkp|orig|original|old|saved?|sav|tmp|temp|copy|sw[a-p]x?|gz|bz2|xz|zip|zst|7z|tar|tgz|enc|age|b64|base64|dpkg-\w+|rpm\w+|\d[\d._-]*)\d*)$/;
const COPY_INSIDE = /( - copy| copy)( \d+| \(\d+\))?|\s*\(\d+\)|^copy of /g;

/** The name and what it may be a copy of. */
function originals(name: string): string[] {
  const found = [name];
  let at = name.replace(/^#(.*)#$/, '$1').replace(/^\.#/, '');
  at = at.replace(COPY_INSIDE, '');
  if (at !== name) found.push(at);
  for (let shorter = at.replace(COPY, ''); shorter !== at && shorter !== ''; shorter = at.replace(COPY, '')) {
    found.push(shorter);
    // Vim puts a dot before the name as well.
    if (/^\.[^.]|^\.\.[^.]/.test(shorter)) found.push(shorter.slice(1));
    at = shorter;
  }
  return found;
}

const isSecretName = (name: string): boolean =>
  NAMES.some(pattern => pattern.test(name)) && !(PROGRAM_OR_PROSE.test(name) && !/^\.env|\.env$/.test(name));

/** Whether the file at this path, its names folded, may hold secrets. */
export function mayHoldSecrets(names: readonly string[]): boolean {
  if (names.some(name => FOLDERS.has(name)) || NESTED_FOLDER.test(names.join('/'))) return true;
  if (NESTED_FILE.test(names.join('/'))) return true;
  const last = names.at(-1) ?? '';
  if (last === 'auth.json') return names.length === 1 || /^\.(composer|codex|docker)$/.test(names.at(-2) ?? '');
  // What docker and others put into a folder of that name: one secret a file, or all of a place.
  if (names.at(-2) === 'secrets' && SECRET_DATA.test(last)) return true;
  const all = originals(last);
  return all.some(isSecretName) && !all.some(name => EXAMPLE.test(name));
}
