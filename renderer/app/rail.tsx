/** The places, down the left side. */
import mark from '../../resources/icons/lathe.svg';
import { Icon } from '../components/icon.tsx';
import { classNames } from '../components/class-names.ts';
import { formatHash, navigate, useNavigation } from '../state/navigation.ts';
import { useActiveRunCount } from '../state/runs.ts';
import { type PlaceInfo, placeTable } from './places.ts';
import styles from './shell.module.css';

export function Rail() {
  const place = useNavigation((state) => state.place);
  const active = useActiveRunCount();
  return (
    <nav aria-label="Places" className={styles['rail']}>
      <img className={styles['mark']} src={mark} alt="" width={22} height={22} />
      {placeTable.map((info) => (
        <RailLink
          key={info.name}
          info={info}
          current={info.name === place}
          badge={info.name === 'train' ? active : 0}
        />
      ))}
    </nav>
  );
}

function RailLink({
  info,
  current,
  badge,
}: {
  readonly info: PlaceInfo;
  readonly current: boolean;
  readonly badge: number;
}) {
  return (
    <a
      href={formatHash({ place: info.name, params: {} })}
      className={classNames(styles['railLink'], info.name === 'settings' && styles['railLast'])}
      aria-current={current ? 'page' : undefined}
      aria-keyshortcuts={info.keys}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        navigate(info.name);
      }}
    >
      <Icon name={info.icon} size={18} />
      {info.title}
      {badge > 0 && (
        <span className={styles['badge']}>
          {badge}
          <span className="visually-hidden">{badge === 1 ? ' active run' : ' active runs'}</span>
        </span>
      )}
    </a>
  );
}
