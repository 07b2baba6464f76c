/** Templates to begin with, by family, each with what a short run of it really drew. */
import type { Template } from '../../../core/protocol/documents.ts';
import { useCall, useHost } from '../../client/host-context.tsx';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/layout.tsx';
import { familiesOf, firstSentence } from './families.ts';
import { openInDesign, trainNow } from './home-actions.ts';
import { thumbnailOf } from './thumbnails.ts';
import styles from './home.module.css';

export function Gallery() {
  const { data, error, refetch } = useCall('documents.templates', {});
  if (error) {
    return (
      <EmptyState
        title="The templates could not be read"
        icon="error"
        actions={<Button onPress={refetch}>Try again</Button>}
      >
        {error.message}
      </EmptyState>
    );
  }
  const families = familiesOf(data ?? []);
  return (
    <div className={styles['gallery']}>
      {families.map((family) => (
        <section key={family.name} aria-label={family.title} className={styles['family']}>
          <h3>{family.title}</h3>
          <ul className={styles['cards']}>
            {family.templates.map((template) => (
              <Card key={template.name} template={template} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Card({ template }: { readonly template: Template }) {
  const host = useHost();
  const picture = thumbnailOf(template.name);
  return (
    <li className={styles['card']} aria-label={template.title}>
      <div className={styles['picture']}>
        {picture && <img src={picture} alt={`Made by ${template.title} after a short run`} loading="lazy" />}
      </div>
      <div className={styles['cardWords']}>
        <h4>{template.title}</h4>
        <p title={template.about}>{firstSentence(template.about)}</p>
      </div>
      <div className={styles['cardActions']}>
        <Button
          size="small"
          icon="play"
          onPress={() => void trainNow(host, template)}
          aria-label={`Train now: ${template.title}`}
        >
          Train now
        </Button>
        <Button
          size="small"
          look="quiet"
          onPress={() => openInDesign(template)}
          aria-label={`Open in Design: ${template.title}`}
        >
          Open in Design
        </Button>
      </div>
    </li>
  );
}
