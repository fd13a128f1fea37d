package io.jitney.daemon.secrets;

import io.jitney.daemon.http.GoJson;
import io.jitney.daemon.http.HttpCall;
import io.jitney.daemon.http.HttpRoute;
import io.jitney.daemon.http.UniversalBody;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * HTTP front of the secrets API. A secret named {@code bulk} can not be read alone, as with daprd.
 */
public final class SecretsHttp {
  private final SecretsApi api;

  public SecretsHttp(SecretsApi api) {
    this.api = api;
  }

  public List<HttpRoute> routes() {
    return List.of(
        HttpRoute.of(
            HttpRoute.GET,
            "v1.0",
            "secrets/{secretStoreName}/bulk",
            "secrets",
            "GetBulkSecret",
            this::bulk),
        HttpRoute.of(
            HttpRoute.GET,
            "v1.0",
            "secrets/{secretStoreName}/{key}",
            "secrets",
            "GetSecret",
            this::get));
  }

  private Future<Void> get(HttpCall call) {
    String store = call.parameter("secretStoreName");
    String key = call.parameter("key");
    return UniversalBody.read(call)
        .compose(body -> api.get(call.instance(), call.context(), store, key, call.metadata()))
        .compose(secret -> call.json(200, GoJson.write(out -> object(out, secret))));
  }

  private Future<Void> bulk(HttpCall call) {
    String store = call.parameter("secretStoreName");
    return UniversalBody.read(call)
        .compose(body -> api.bulkGet(call.instance(), call.context(), store, call.metadata()))
        .compose(
            secrets ->
                call.json(
                    200,
                    GoJson.write(
                        out -> {
                          out.writeStartObject();
                          for (Map.Entry<String, Map<String, String>> secret :
                              new TreeMap<>(secrets).entrySet()) {
                            out.writeFieldName(secret.getKey());
                            object(out, secret.getValue());
                          }
                          out.writeEndObject();
                        })));
  }

  private static void object(GoJson.Out out, Map<String, String> values) throws IOException {
    out.writeStartObject();
    for (Map.Entry<String, String> value : new TreeMap<>(values).entrySet()) {
      out.writeStringField(value.getKey(), value.getValue());
    }
    out.writeEndObject();
  }
}
