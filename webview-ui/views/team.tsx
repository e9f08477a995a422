import type { TeamView } from '../../src/protocol/dashboard-team.ts';
import { plural, showMoney } from '../../src/protocol/show.ts';
import { tell } from '../host.ts';
import { l10n } from '../l10n.ts';
import { hostNow, model } from '../page.ts';
import { Card } from '../parts/card.tsx';
import { showClock } from '../parts/clock.ts';
import { Icon } from '../parts/icon.tsx';
import { type Look, memberLook } from '../parts/states.ts';

type Member = TeamView['members'][number];

/** The standing team by the names of its members, and what its queue will bring. */
export function Team() {
  const team = model.team.value;
  if (!team) return null;
  const { members, paused } = team;
  const busy = members.filter(({ doing }) => doing).length;
  const count = plural(members.length, l10n.t('1 member'), l10n.t('{0} members', members.length));
  return (
    <Card
      title={l10n.t('Standing team')}
      icon="organization"
      type="team"
      note={[paused ? l10n.t('paused') : undefined, count, l10n.t('{0} at work', busy)].filter(Boolean).join(' · ')}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys */}
      <ul class="members" tabIndex={0} aria-label={l10n.t('Members')}>
        {members.map(member => (
          <MemberLine key={member.name} member={member} />
        ))}
      </ul>
      <Queue team={team} />
    </Card>
  );
}

function lookOf({ standing, asks }: Member): Look {
  return asks ? { icon: 'question', label: l10n.t('asks you'), tone: 'wait' } : memberLook(standing);
}

function MemberLine({ member }: { member: Member }) {
  const { name, place, doing, note, pauses, done, failed, cost } = member;
  const look = lookOf(member);
  const time = doing && showClock(hostNow.value - doing.since);
  const state = [look.label, pauses ? l10n.t('pauses after this') : undefined, time].filter(Boolean).join(' · ');
  const figures = [
    l10n.t('{0} done', done),
    failed > 0 ? l10n.t('{0} failed', failed) : undefined,
    cost > 0 ? showMoney(cost) : undefined,
  ];
  return (
    <li>
      <Icon name={look.icon} tone={look.tone} spin={look.spin === true} />
      <span class="member-name">
        <strong>{name}</strong> <span class="quiet">{place}</span>
      </span>
      <span class="member-state">{state}</span>
      <span class="member-doing" title={doing?.text}>
        {doing && (
          <button type="button" class="link" onClick={() => tell({ type: 'choose', session: doing.session })}>
            {doing.item} {doing.text}
          </button>
        )}
        {note && <span class="quiet">{note}</span>}
      </span>
      <span class="quiet member-figures">{figures.filter(Boolean).join(' · ')}</span>
    </li>
  );
}

/** How much waits, what is next, and when all of it will be done if things go on as they do. */
function Queue({ team: { waiting, held, next, until } }: { team: TeamView }) {
  const now = hostNow.value;
  const when = (at: number) =>
    new Date(at).toLocaleString(undefined, {
      ...(new Date(at).toDateString() !== new Date(now).toDateString() && { day: 'numeric', month: 'short' }),
      hour: '2-digit',
      minute: '2-digit',
    });
  const said = [
    waiting === 0 ? l10n.t('Nothing waits') : l10n.t('{0} waiting', waiting),
    held > 0 ? l10n.t('{0} held', held) : undefined,
    next === undefined
      ? undefined
      : next.begins <= now
        ? l10n.t('next: {0}', `${next.item} ${next.text}`)
        : l10n.t('next about {0}: {1}', when(next.begins), `${next.item} ${next.text}`),
  ];
  return (
    <p class="quiet queue-line">
      <strong>{l10n.t('Queue')}</strong> <span class="grow">{said.filter(Boolean).join(' · ')}</span>
      {until !== undefined && <span>{l10n.t('all done about {0}', when(until))}</span>}
    </p>
  );
}
