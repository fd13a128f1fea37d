package io.jitney.daemon.state;

import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateOptions;
import io.jitney.daemon.gojson.GoDecoder;
import io.jitney.daemon.gojson.GoJsonException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The body of an HTTP save: a list of items, with keys as the app names them. */
final class SaveBody {
  private static final String REQUEST = "state.SetRequest";
  private static final Buffer NULL = Buffer.buffer("null");

  private SaveBody() {}

  /** Values are slices of {@code body}: their JSON text as the client wrote it. */
  static List<SetRequest> parse(Buffer body) throws GoJsonException {
    return GoDecoder.decode(body, SaveBody::items);
  }

  private static List<SetRequest> items(GoDecoder in) throws IOException {
    if (!in.array("Go value", "[]state.SetRequest")) {
      return List.of();
    }
    List<SetRequest> items = new ArrayList<>(1);
    while (in.nextElement()) {
      Item item = new Item();
      if (in.object("Go value", REQUEST)) {
        item.read(in);
      }
      items.add(item.request());
    }
    return items;
  }

  private static final class Item {
    private String key = "";
    private Buffer value = NULL;
    private @Nullable String etag;
    private Map<String, String> metadata = Map.of();
    private StateOptions options = StateOptions.NONE;

    SetRequest request() {
      return new SetRequest(key, new StateData.Json(value), etag, metadata, options);
    }

    void read(GoDecoder in) throws IOException {
      for (String name = in.nextMember(); name != null; name = in.nextMember()) {
        if (!member(in, name)) {
          String folded = name.toLowerCase(Locale.ROOT); // Go matches names in any case
          if (folded.equals(name) || !member(in, folded)) {
            in.skip();
          }
        }
      }
    }

    /** Reads a member if it is one; names are in lower case. */
    private boolean member(GoDecoder in, String name) throws IOException {
      switch (name) {
        case "key" -> {
          String text = in.string("Go struct field SetRequest.key");
          key = text == null ? key : text;
        }
        case "value" -> value = in.raw();
        case "etag" -> etag = in.string("Go struct field SetRequest.etag");
        case "metadata" -> metadata = in.strings("Go struct field SetRequest.metadata", metadata);
        case "options" -> options = options(in, options);
        case "contenttype", "contentType" ->
            in.string("Go struct field SetRequest.contentType"); // for the outbox
        default -> {
          return false;
        }
      }
      return true;
    }

    private static StateOptions options(GoDecoder in, StateOptions known) throws IOException {
      if (!in.object("Go struct field SetRequest.options", "state.SetStateOption")) {
        return known;
      }
      String concurrency = known.concurrency();
      String consistency = known.consistency();
      for (String name = in.nextMember(); name != null; name = in.nextMember()) {
        if (name.equalsIgnoreCase("concurrency")) {
          String text = in.string("Go struct field SetStateOption.options.concurrency");
          concurrency = text == null ? concurrency : text;
        } else if (name.equalsIgnoreCase("consistency")) {
          String text = in.string("Go struct field SetStateOption.options.consistency");
          consistency = text == null ? consistency : text;
        } else {
          in.skip();
        }
      }
      return new StateOptions(concurrency, consistency);
    }
  }
}
