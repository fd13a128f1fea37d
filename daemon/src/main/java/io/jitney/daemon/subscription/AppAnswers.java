package io.jitney.daemon.subscription;

import io.jitney.daemon.error.SubscribeErrors;
import io.jitney.daemon.gojson.GoDecoder;
import io.jitney.daemon.gojson.GoJsonException;
import io.jitney.daemon.subscription.EventTarget.Verdict;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an HTTP app's answer to an event means (spec 02, section 4.5). Pure functions. */
final class AppAnswers {
  private static final int NOT_FOUND = 404;

  private AppAnswers() {}

  /** About one event. */
  static Verdict single(int status, Buffer body) throws DeliveryException {
    if (status >= 200 && status < 300) {
      return verdict(status(body));
    }
    if (status == NOT_FOUND) {
      return Verdict.DROP;
    }
    throw new DeliveryException(SubscribeErrors.retriableStatus(status, body), status);
  }

  private static Verdict verdict(String status) {
    return switch (status) {
      case "", "SUCCESS" -> Verdict.SUCCESS;
      case "DROP" -> Verdict.DROP;
      case "RETRY" -> throw new DeliveryException(SubscribeErrors.retryAsked());
      default -> throw new DeliveryException(SubscribeErrors.unknownStatus(status));
    };
  }

  /** What is no answer in JSON is taken for a yes. */
  private static String status(Buffer body) {
    try {
      return GoDecoder.decode(body, AppAnswers::statusMember);
    } catch (GoJsonException notAnAnswer) {
      return "";
    }
  }

  private static String statusMember(GoDecoder in) throws IOException {
    String status = "";
    if (in.object("Go value", "pubsub.AppResponse")) {
      for (String name = in.nextMember(); name != null; name = in.nextMember()) {
        if (name.equalsIgnoreCase("status")) {
          String text = in.string("Go struct field AppResponse.status");
          status = text == null ? status : text;
        } else {
          in.skip();
        }
      }
    }
    return status;
  }

  /**
   * About several.
   *
   * @return by entry id; null: the app does not know them, and they are done
   */
  static @Nullable Map<String, Verdict> bulk(int status, Buffer body) throws DeliveryException {
    if (status == NOT_FOUND) {
      return null;
    }
    if (status < 200 || status >= 300) {
      throw new DeliveryException(SubscribeErrors.retriableStatus(status, body), status);
    }
    try {
      return GoDecoder.decode(body, AppAnswers::statuses);
    } catch (GoJsonException notAnAnswer) {
      throw new DeliveryException(
          SubscribeErrors.unreadableBulkAnswer(String.valueOf(notAnAnswer.getMessage())));
    }
  }

  private static Map<String, Verdict> statuses(GoDecoder in) throws IOException {
    Map<String, Verdict> verdicts = new HashMap<>();
    if (in.object("Go value", "pubsub.AppBulkResponse")) {
      for (String name = in.nextMember(); name != null; name = in.nextMember()) {
        if (!name.equalsIgnoreCase("statuses")) {
          in.skip();
        } else if (in.array("Go struct field AppBulkResponse.statuses", "[]AppBulkResponseEntry")) {
          while (in.nextElement()) {
            entry(in, verdicts);
          }
        }
      }
    }
    return verdicts;
  }

  private static void entry(GoDecoder in, Map<String, Verdict> verdicts) throws IOException {
    String id = "";
    String status = "";
    if (in.object("Go struct field AppBulkResponse.statuses", "pubsub.AppBulkResponseEntry")) {
      for (String name = in.nextMember(); name != null; name = in.nextMember()) {
        if (name.equalsIgnoreCase("entryId")) {
          String text = in.string("Go struct field AppBulkResponseEntry.entryId");
          id = text == null ? id : text;
        } else if (name.equalsIgnoreCase("status")) {
          String text = in.string("Go struct field AppBulkResponseEntry.status");
          status = text == null ? status : text;
        } else {
          in.skip();
        }
      }
    }
    if (status.equals("SUCCESS")) {
      verdicts.put(id, Verdict.SUCCESS);
    } else if (status.equals("DROP")) {
      verdicts.put(id, Verdict.DROP);
    }
  }
}
