package retake.sdk;

import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.genai.Client;
import com.google.genai.ResponseStream;
import com.google.genai.errors.ApiException;
import com.google.genai.types.GenerateContentResponse;
import com.google.genai.types.HttpOptions;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** Asks once through each SDK at the addresses of RETAKE_FAULTS, and prints what the application got: one line of JSON for each. */
final class Faults {
  private static final String question = "Count to four.";

  /** The text of an answer, and the reason why it ended. */
  private record Answer(String text, String finish) {}

  private interface Application {
    Answer ask(String address, boolean streams, Duration timeout) throws Exception;
  }

  private static final Map<String, Application> applications = Map.of(
      "openai-java", Faults::askOpenai,
      "anthropic-java", Faults::askAnthropic,
      "google-genai", Faults::askGenai);

  /** All at the same time, because the waits between the retries of an SDK add up to a minute. */
  static void run(String questions) throws Exception {
    var threads = Executors.newCachedThreadPool();
    List<Callable<Map<String, Object>>> all = new ArrayList<>();
    for (JsonNode asked : Contract.json.readTree(questions)) all.add(() -> outcomeOf(asked));
    for (Future<Map<String, Object>> line : threads.invokeAll(all)) {
      System.out.println(Contract.json.writeValueAsString(line.get()));
    }
  }

  private static Map<String, Object> outcomeOf(JsonNode asked) throws Exception {
    String sdk = asked.get("sdk").asText();
    Duration timeout = asked.has("timeout") ? Duration.ofMillis(Math.round(asked.get("timeout").asDouble() * 1000)) : null;
    Map<String, Object> outcome = new LinkedHashMap<>();
    try {
      Answer answer = applications.get(sdk).ask(asked.get("url").asText(), asked.get("streams").asBoolean(), timeout);
      outcome.put("text", answer.text());
      outcome.put("finish", answer.finish());
    } catch (Exception error) {
      outcome.put("raised", error.getClass().getSimpleName());
      outcome.put("status", statusOf(error));
    }
    String name = sdk + " " + Main.versionOf(sdk.replaceAll("^google-|-java$", ""));
    return Map.of("sdk", name, "case", asked.get("case").asText(), "outcome", outcome);
  }

  private static Integer statusOf(Exception error) {
    if (error instanceof OpenAIServiceException raised) return raised.statusCode();
    if (error instanceof AnthropicServiceException raised) return raised.statusCode();
    return error instanceof ApiException raised ? raised.code() : null;
  }

  private static Answer askOpenai(String address, boolean streams, Duration timeout) {
    var builder = OpenAIOkHttpClient.builder().apiKey("placeholder").baseUrl(address + "/v1");
    if (timeout != null) builder.timeout(timeout);
    var completions = builder.build().chat().completions();
    var params = ChatCompletionCreateParams.builder().model("gpt-4o").addUserMessage(question).build();
    if (!streams) {
      var choice = completions.create(params).choices().get(0);
      return new Answer(choice.message().content().orElse(""), choice.finishReason().toString());
    }
    StringBuilder text = new StringBuilder();
    String finish = "";
    try (var pieces = completions.createStreaming(params)) {
      for (ChatCompletionChunk piece : (Iterable<ChatCompletionChunk>) pieces.stream()::iterator) {
        var choice = piece.choices().get(0);
        text.append(choice.delta().content().orElse(""));
        if (choice.finishReason().isPresent()) finish = choice.finishReason().get().toString();
      }
    }
    return new Answer(text.toString(), finish);
  }

  private static Answer askAnthropic(String address, boolean streams, Duration timeout) {
    var builder = AnthropicOkHttpClient.builder().apiKey("placeholder").baseUrl(address);
    if (timeout != null) builder.timeout(timeout);
    var messages = builder.build().messages();
    var params = MessageCreateParams.builder().model("claude").maxTokens(100).addUserMessage(question).build();
    if (!streams) return answerOf(messages.create(params));
    MessageAccumulator accumulator = MessageAccumulator.create();
    try (var events = messages.createStreaming(params)) {
      events.stream().forEach(accumulator::accumulate);
    }
    return answerOf(accumulator.message());
  }

  private static Answer answerOf(Message message) {
    String text = message.content().stream()
        .flatMap(block -> block.text().stream())
        .map(block -> block.text())
        .collect(Collectors.joining());
    return new Answer(text, message.stopReason().map(Object::toString).orElse(""));
  }

  private static Answer askGenai(String address, boolean streams, Duration timeout) throws Exception {
    var options = HttpOptions.builder().baseUrl(address);
    if (timeout != null) options.timeout((int) timeout.toMillis());
    var models = Client.builder().apiKey("placeholder").httpOptions(options.build()).build().models;
    if (!streams) {
      var reply = models.generateContent("gemini-2.5-flash", question, null);
      return new Answer(reply.text() == null ? "" : reply.text(), reply.finishReason().toString());
    }
    StringBuilder text = new StringBuilder();
    String finish = "";
    try (ResponseStream<GenerateContentResponse> pieces = models.generateContentStream("gemini-2.5-flash", question, null)) {
      for (GenerateContentResponse piece : pieces) {
        if (piece.text() != null) text.append(piece.text());
        var candidate = piece.candidates().flatMap(all -> all.stream().findFirst());
        var reason = candidate.flatMap(each -> each.finishReason());
        if (reason.isPresent()) finish = reason.get().toString();
      }
    }
    return new Answer(text.toString(), finish);
  }
}
