/** A document to begin with for a data set: the templates that can be trained on it, found by checking each. */
import { useMemo } from 'react';
import type { DataInfo } from '../../../core/data/data-info.ts';
import { useCall } from '../../client/host-context.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { Disclosure } from '../../components/layout.tsx';
import { navigate } from '../../state/navigation.ts';
import { openTemplate } from '../../state/workspace-files.ts';
import { type Fit, fittingTemplates } from './fitting-templates.ts';
import { type DataRequest, sourceTitle } from './sources.ts';
import styles from './data.module.css';

interface TemplateChoiceProps {
  readonly request: DataRequest;
  readonly info: DataInfo;
  readonly onClose: () => void;
}

export function TemplateChoice({ request, info, onClose }: TemplateChoiceProps) {
  const { data: templates, error } = useCall('documents.templates', {});
  const fits = useMemo(() => fittingTemplates(templates ?? [], request, info), [templates, request, info]);
  const fitting = fits.filter((fit) => fit.problem === null);
  const others = fits.filter((fit) => fit.problem !== null);
  const open = (fit: Fit): void => {
    openTemplate({ text: fit.text, baseDir: request.baseDir });
    onClose();
    navigate('design', {});
  };
  return (
    <Dialog title={`New document from ${sourceTitle(request.source)}`} open onClose={onClose} width={640}>
      {error && <p role="alert">{error.message}</p>}
      <div className={styles['section']}>
        <ul className={styles['fits']} aria-label="Templates that fit">
          {fitting.map((fit) => (
            <li key={fit.template.name}>
              <button type="button" className={styles['fit']} onClick={() => open(fit)}>
                <Icon name="design" />
                <span>
                  <span className={styles['fitTitle']}>{fit.template.title}</span>
                  <span className={styles['fitNote']}>{fit.template.about}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
        {templates && fitting.length === 0 && (
          <p>No template fits this data as it stands. One of those below may with a few changes.</p>
        )}
        {others.length > 0 && (
          <Disclosure title={`${others.length} that need changes`} startsOpen={fitting.length === 0}>
            <ul className={styles['fits']}>
              {others.map((fit) => (
                <li key={fit.template.name}>
                  <button type="button" className={styles['fit']} onClick={() => open(fit)}>
                    <Icon name="warning" />
                    <span>
                      <span className={styles['fitTitle']}>{fit.template.title}</span>
                      <span className={styles['fitNote']}>{fit.problem}</span>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </Disclosure>
        )}
      </div>
    </Dialog>
  );
}
