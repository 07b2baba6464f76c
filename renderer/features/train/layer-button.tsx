/** A layer's name that leads to the layer in Design. */
import { Button } from '../../components/button.tsx';

interface LayerButtonProps {
  readonly name: string;
  readonly onLayer: (name: string) => void;
  readonly className: string;
}

export function LayerButton({ name, onLayer, className }: LayerButtonProps) {
  return (
    <Button
      look="quiet"
      size="small"
      className={className}
      onPress={() => onLayer(name)}
      aria-label={`Show ${name} in Design`}
    >
      {name}
    </Button>
  );
}
