/** Monaco's own worker: finds links and word ranges aside. */
import 'monaco-editor/editor/editor.worker';
