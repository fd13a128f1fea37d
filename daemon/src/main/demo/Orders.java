import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/**
 * An app of `jitney demo`, and of any Dapr: it knows nothing of Jitney. Takes an order, asks the
 * app "stock" for the goods and remembers the order. Run it with Dapr's environment: APP_PORT,
 * DAPR_HTTP_PORT.
 */
public final class Orders {
  private static final String DAPR =
      "http://127.0.0.1:" + System.getenv("DAPR_HTTP_PORT") + "/v1.0";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  public static void main(String[] args) throws IOException {
    int port = Integer.parseInt(System.getenv("APP_PORT"));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    server.createContext("/order", exchange -> answer(exchange, Orders::order));
    server.createContext(
        "/last", exchange -> answer(exchange, item -> call("GET", "/state/store/last", "")));
    server.start();
    System.out.println("orders listens on port " + port);
  }

  private static String order(String item) throws IOException, InterruptedException {
    String reserved = call("POST", "/invoke/stock/method/reserve", item);
    String order = "{\"order\":\"" + item + "\",\"stock said\":\"" + reserved + "\"}";
    call("POST", "/state/store", "[{\"key\":\"last\",\"value\":" + order + "}]");
    return reserved;
  }

  private static String call(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(DAPR + path))
            .header("Content-Type", path.startsWith("/state") ? "application/json" : "text/plain")
            .method(method, BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IOException(path + " answered " + response.statusCode() + ": " + response.body());
    }
    return response.body();
  }

  private interface Work {
    String on(String body) throws IOException, InterruptedException;
  }

  private static void answer(HttpExchange exchange, Work work) throws IOException {
    int status = 200;
    String text;
    try {
      text = work.on(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException | InterruptedException failure) {
      status = 500;
      text = String.valueOf(failure.getMessage());
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
