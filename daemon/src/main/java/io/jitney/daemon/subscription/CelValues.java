package io.jitney.daemon.subscription;

import dev.cel.common.values.NullValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of JSON as CEL knows them: it has a null of its own. */
final class CelValues {
  private CelValues() {}

  static Object of(@Nullable Object value) {
    return switch (value) {
      case null -> NullValue.NULL_VALUE;
      case Map<?, ?> map -> {
        Map<Object, Object> members = LinkedHashMap.newLinkedHashMap(map.size());
        map.forEach((name, member) -> members.put(name, of(member)));
        yield members;
      }
      case List<?> list -> {
        List<Object> items = new ArrayList<>(list.size());
        list.forEach(item -> items.add(of(item)));
        yield items;
      }
      case Object scalar -> scalar;
    };
  }
}
