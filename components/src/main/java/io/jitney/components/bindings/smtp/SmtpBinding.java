package io.jitney.components.bindings.smtp;

import io.jitney.components.bindings.BindingRequest;
import io.jitney.components.bindings.BindingResponse;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.GoQuoted;
import io.jitney.components.spi.GoText;
import io.jitney.components.spi.Metadata;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.ext.mail.LoginOption;
import io.vertx.ext.mail.MailClient;
import io.vertx.ext.mail.MailConfig;
import io.vertx.ext.mail.MailMessage;
import io.vertx.ext.mail.StartTLSOptions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code bindings.smtp}: each call is one mail, its data the HTML text as a JSON string. Connects
 * when there is something to send; encrypted where the server offers it, always on port 465.
 */
public final class SmtpBinding implements OutputBinding {
  private static final List<String> OPERATIONS = List.of("create");
  private static final int TLS_PORT = 465;
  private static final int CONNECTIONS = 4;
  private static final int MOST_WAITING = 256;
  private static final int IDLE_SECONDS = 30;
  private static final int DIAL_MILLIS = 10_000;
  private static final int SILENT_SECONDS = 300;
  private static final int LOWEST_PRIORITY = 5;
  private static final int DEFAULT_PRIORITY = 3;

  /** What a call may give in place of the component. */
  private static final List<String> PER_CALL =
      List.of("emailFrom", "emailTo", "emailCC", "emailBCC", "subject", "priority");

  private final MailClient client;
  private final Map<String, String> defaults;
  private final AtomicInteger waiting = new AtomicInteger();

  private SmtpBinding(MailClient client, Map<String, String> defaults) {
    this.client = client;
    this.defaults = defaults;
  }

  /** The factory. */
  public static Future<OutputBinding> open(ComponentSpec spec, ComponentOpening opening) {
    Metadata metadata = spec.metadata();
    try {
      MailConfig config = config(metadata);
      Map<String, String> defaults = new HashMap<>();
      for (String name : PER_CALL) {
        defaults.put(name, metadata.get(name, ""));
      }
      priority(defaults.getOrDefault("priority", ""));
      if (config.getLogin() == LoginOption.DISABLED) {
        opening
            .log()
            .warn(
                "smtp binding warn: User and Password are empty, proceeding without"
                    + " authentication");
      }
      return Future.succeededFuture(
          new SmtpBinding(MailClient.create(opening.node().vertx(), config), defaults));
    } catch (ComponentException failure) {
      return Future.failedFuture(failure);
    }
  }

  private static MailConfig config(Metadata metadata) {
    String host = metadata.get("host", "");
    int port = number(metadata.get("port", ""));
    String user = metadata.get("user", "");
    String password = metadata.get("password", "");
    if (host.isEmpty() || port == 0) {
      throw failure("host and port fields are required in metadata");
    }
    if (user.isEmpty() != password.isEmpty()) {
      throw failure("both user and password fields are required in metadata");
    }
    MailConfig config =
        new MailConfig(host, port)
            .setStarttls(StartTLSOptions.OPTIONAL)
            .setSsl(port == TLS_PORT)
            .setLogin(user.isEmpty() ? LoginOption.DISABLED : LoginOption.REQUIRED)
            .setTrustAll(GoText.isTruthy(metadata.get("skipTLSVerify", "")))
            .setMaxPoolSize(CONNECTIONS)
            .setKeepAliveTimeout(IDLE_SECONDS)
            .setKeepAliveTimeoutUnit(TimeUnit.SECONDS)
            .setAllowRcptErrors(false);
    // A server that does not answer must not keep a connection for ever.
    config.setConnectTimeout(DIAL_MILLIS).setIdleTimeout(SILENT_SECONDS);
    return user.isEmpty() ? config : config.setUsername(user).setPassword(password);
  }

  private static int number(String text) {
    try {
      return text.isEmpty() ? 0 : Integer.parseInt(text);
    } catch (NumberFormatException bad) {
      throw failure("port is no number");
    }
  }

  private static ComponentException failure(String problem) {
    return new ComponentException.Failed("smtp binding error: " + problem);
  }

  private static int priority(String text) {
    if (text.isEmpty()) {
      return DEFAULT_PRIORITY;
    }
    try {
      int priority = Integer.parseInt(text);
      if (priority >= 1 && priority <= LOWEST_PRIORITY) {
        return priority;
      }
    } catch (NumberFormatException bad) {
      // as below
    }
    throw failure("priority value must be between 1 (highest) and 5 (lowest)");
  }

  @Override
  public List<String> operations() {
    return OPERATIONS;
  }

  @Override
  public Future<BindingResponse> invoke(CallContext context, BindingRequest request) {
    MailMessage message;
    try {
      message = message(request);
    } catch (ComponentException failure) {
      return Future.failedFuture(failure);
    }
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      return Future.failedFuture(
          new ComponentException.Overloaded("too many mails wait for the server"));
    }
    return client
        .sendMail(message)
        .onComplete(done -> waiting.decrementAndGet())
        .timeout(context.remainingMillis(), TimeUnit.MILLISECONDS)
        .map(sent -> BindingResponse.NONE)
        .recover(
            failure ->
                Future.failedFuture(
                    new ComponentException.Failed(
                        "error from smtp binding, sending email failed: " + failure.getMessage())));
  }

  private MailMessage message(BindingRequest request) {
    Map<String, String> of = new HashMap<>(defaults);
    for (String name : PER_CALL) {
      String given = request.metadata().getOrDefault(name, "");
      if (!given.isEmpty()) {
        of.put(name, given);
      }
    }
    for (String required : List.of("emailFrom", "emailTo", "subject")) {
      if (of.getOrDefault(required, "").isEmpty()) {
        throw failure(required + " property not supplied in configuration- or request-metadata");
      }
    }
    String body = GoQuoted.unquote(request.data().toString());
    if (body == null) {
      throw failure("can't unquote data field: invalid syntax");
    }
    int priority = priority(of.getOrDefault("priority", ""));
    try {
      return new MailMessage()
          .setFrom(of.get("emailFrom"))
          .setTo(addresses(of.getOrDefault("emailTo", "")))
          .setCc(addresses(of.getOrDefault("emailCC", "")))
          .setBcc(addresses(of.getOrDefault("emailBCC", "")))
          .setSubject(of.get("subject"))
          .setHtml(body)
          .setHeaders(
              MultiMap.caseInsensitiveMultiMap().add("X-Priority", Integer.toString(priority)));
    } catch (IllegalArgumentException malformed) {
      throw failure("malformed address: " + malformed.getMessage());
    }
  }

  private static List<String> addresses(String list) {
    return Arrays.stream(list.split(";")).map(String::strip).filter(one -> !one.isEmpty()).toList();
  }

  @Override
  public Future<Void> close() {
    return client.close();
  }
}
