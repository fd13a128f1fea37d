package io.jitney.daemon.state;

import static io.jitney.daemon.http.HttpRoute.DELETE;
import static io.jitney.daemon.http.HttpRoute.GET;
import static io.jitney.daemon.http.HttpRoute.POST_PUT;

import io.jitney.components.state.DeleteRequest;
import io.jitney.components.state.QueryResult;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateItem;
import io.jitney.components.state.StateOptions;
import io.jitney.daemon.error.BodyTooLargeException;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.DaprErrors;
import io.jitney.daemon.error.DaprException;
import io.jitney.daemon.error.StateErrors;
import io.jitney.daemon.gojson.GoJsonException;
import io.jitney.daemon.http.HttpCall;
import io.jitney.daemon.http.HttpRoute;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;

/** The state API over HTTP. Metadata of the URL win over those of the body. */
public final class StateHttp {
  private static final String V1 = "v1.0";
  private static final String GROUP = "state";

  private final StateApi api;

  public StateHttp(StateApi api) {
    this.api = api;
  }

  public List<HttpRoute> routes() {
    return List.of(
        HttpRoute.of(GET, V1, "state/{store}/{key}", GROUP, "GetState", this::get),
        HttpRoute.of(DELETE, V1, "state/{store}/{key}", GROUP, "DeleteState", this::delete),
        HttpRoute.of(POST_PUT, V1, "state/{store}", GROUP, "SaveState", this::save),
        HttpRoute.of(POST_PUT, V1, "state/{store}/bulk", GROUP, "GetBulkState", this::bulkGet),
        HttpRoute.of(
            POST_PUT,
            V1,
            "state/{store}/transaction",
            GROUP,
            "ExecuteStateTransaction",
            this::transact),
        HttpRoute.of(
            POST_PUT,
            "v1.0-alpha1",
            "state/{store}/query",
            GROUP,
            "QueryStateAlpha1",
            this::query));
  }

  private StateCall begin(HttpCall call) {
    return api.begin(call.instance(), call.parameter("store"), call.context());
  }

  private Future<Void> get(HttpCall call) {
    return api.get(begin(call), call.parameter("key"), call.query("consistency"), call.metadata())
        .compose(item -> answer(call, item));
  }

  private static Future<Void> answer(HttpCall call, StateItem item) {
    Buffer data = item.data();
    if (data == null) {
      return call.noContent();
    }
    HttpServerResponse response = call.response();
    String etag = item.etag();
    if (etag != null) {
      response.putHeader("etag", etag);
    }
    if (!item.metadata().isEmpty()) {
      item.metadata()
          .forEach(
              (name, value) ->
                  response.putHeader("metadata." + name.toLowerCase(Locale.ROOT), value));
    }
    return call.json(200, data);
  }

  private Future<Void> save(HttpCall call) {
    StateCall state = begin(call);
    Map<String, String> urlMetadata = call.metadata();
    return body(call, DaprErrors::malformedRequest)
        .compose(body -> work(call, body.length(), () -> saved(body, urlMetadata)))
        .compose(items -> api.save(state, items))
        .compose(done -> call.noContent());
  }

  private static List<SetRequest> saved(Buffer body, Map<String, String> urlMetadata) {
    List<SetRequest> items;
    try {
      items = SaveBody.parse(body);
    } catch (GoJsonException bad) {
      throw DaprErrors.malformedRequest(String.valueOf(bad.getMessage())).exception();
    }
    if (!urlMetadata.isEmpty() && !items.isEmpty()) {
      items.replaceAll(item -> merged(item, urlMetadata));
    }
    return items;
  }

  private static SetRequest merged(SetRequest item, Map<String, String> urlMetadata) {
    return new SetRequest(
        item.key(),
        item.value(),
        item.etag(),
        merged(item.metadata(), urlMetadata),
        item.options());
  }

  private static Map<String, String> merged(
      Map<String, String> bodyMetadata, Map<String, String> urlMetadata) {
    if (urlMetadata.isEmpty()) {
      return bodyMetadata;
    }
    Map<String, String> merged = new HashMap<>(bodyMetadata);
    merged.putAll(urlMetadata);
    return merged;
  }

  private Future<Void> delete(HttpCall call) {
    String concurrency = call.query("concurrency");
    String consistency = call.query("consistency");
    DeleteRequest request =
        new DeleteRequest(
            call.parameter("key"),
            call.request().getHeader("if-match"),
            call.metadata(),
            concurrency.isEmpty() && consistency.isEmpty()
                ? StateOptions.NONE
                : new StateOptions(concurrency, consistency));
    return api.delete(begin(call), request).compose(done -> call.noContent());
  }

  private Future<Void> bulkGet(HttpCall call) {
    StateCall state = begin(call);
    return body(call, DaprErrors::malformedBody)
        .compose(body -> work(call, body.length(), () -> asked(body)))
        .compose(
            asked -> {
              Map<String, String> metadata = merged(asked.metadata(), call.metadata());
              return api.bulkGet(state, asked.keys(), asked.parallelism(), metadata, call.memory());
            })
        .compose(items -> work(call, StateJson.size(items), () -> StateJson.items(items)))
        .compose(json -> call.json(200, json));
  }

  private static BulkGetBody asked(Buffer body) {
    try {
      return BulkGetBody.parse(body);
    } catch (GoJsonException bad) {
      throw DaprErrors.malformedBody(String.valueOf(bad.getMessage())).exception();
    }
  }

  /** A piece of the call's work; large ones are done beside the event loops. */
  private static <T> Future<T> work(HttpCall call, long bytes, Callable<T> work) {
    return call.work(bytes, work);
  }

  private Future<Void> transact(HttpCall call) {
    StateCall state = begin(call);
    api.requireTransactions(state);
    return body(call, DaprErrors::malformedBody)
        .compose(body -> work(call, body.length(), () -> transaction(body)))
        .compose(
            asked ->
                api.transact(
                    state, operations(asked, call.metadata()), asked.metadata(), call.trace()))
        .compose(done -> call.noContent());
  }

  private static TransactionBody transaction(Buffer body) {
    try {
      return TransactionBody.parse(body);
    } catch (GoJsonException bad) {
      throw DaprErrors.malformedBody(String.valueOf(bad.getMessage())).exception();
    }
  }

  /** Only the URL's metadata reach the operations; the body's are the transaction's. */
  private static List<TransactionItem> operations(
      TransactionBody asked, Map<String, String> urlMetadata) {
    if (urlMetadata.isEmpty()) {
      return asked.operations();
    }
    List<TransactionItem> operations = new ArrayList<>(asked.operations().size());
    for (TransactionItem item : asked.operations()) {
      operations.add(
          new TransactionItem(
              item.operation(),
              merged(item.request(), urlMetadata),
              item.contentType(),
              item.problem()));
    }
    return operations;
  }

  private Future<Void> query(HttpCall call) {
    StateCall state;
    try {
      state = begin(call);
    } catch (DaprException noStore) {
      throw StateErrors.withoutAppId(noStore.error()).exception();
    }
    return call.body()
        .compose(body -> api.query(state, body, call.metadata()))
        .compose(result -> answer(call, result));
  }

  private static Future<Void> answer(HttpCall call, QueryResult result) {
    return result.items().isEmpty()
        ? call.noContent()
        : work(call, StateJson.size(result.items()), () -> StateJson.query(result))
            .compose(json -> call.json(200, json));
  }

  /** The body; one over the limit is malformed in the words of the endpoint. */
  private static Future<Buffer> body(HttpCall call, Function<String, DaprError> malformed) {
    return call.body()
        .recover(
            failure ->
                failure instanceof BodyTooLargeException
                    ? Future.failedFuture(
                        malformed.apply(String.valueOf(failure.getMessage())).exception())
                    : Future.failedFuture(failure));
  }
}
