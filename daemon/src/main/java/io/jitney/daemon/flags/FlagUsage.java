package io.jitney.daemon.flags;

import io.jitney.components.spi.GoText;
import java.util.ArrayList;
import java.util.List;

/** What {@code --help} prints, in pflag's layout. */
final class FlagUsage {
  private FlagUsage() {}

  static String text() {
    List<Flag> shown = new ArrayList<>();
    List<String> heads = new ArrayList<>();
    int width = 0;
    for (Flag flag : FlagTable.FLAGS) {
      if (!flag.hidden()) {
        String word = flag.kind().word();
        String head = "      --" + flag.name() + (word.isEmpty() ? "" : " " + word);
        shown.add(flag);
        heads.add(head);
        width = Math.max(width, head.length());
      }
    }
    StringBuilder text = new StringBuilder("Usage of daprd:\n");
    for (int i = 0; i < shown.size(); i++) {
      Flag flag = shown.get(i);
      String head = heads.get(i);
      text.append(head).append(" ".repeat(width - head.length() + 3)).append(flag.usage());
      if (!flag.zeroByDefault()) {
        boolean quoted = flag.kind() == Flag.Kind.TEXT;
        text.append(" (default ")
            .append(quoted ? GoText.quote(flag.byDefault()) : flag.byDefault())
            .append(')');
      }
      if (!flag.deprecated().isEmpty()) {
        text.append(" (DEPRECATED: ").append(flag.deprecated()).append(')');
      }
      text.append('\n');
    }
    return text.toString();
  }
}
