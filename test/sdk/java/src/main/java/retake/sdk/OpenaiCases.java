package retake.sdk;

import static retake.sdk.Contract.ask;
import static retake.sdk.Contract.asked;
import static retake.sdk.Contract.json;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.FunctionDefinition;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import com.openai.models.responses.inputtokens.InputTokenCountParams;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

final class OpenaiCases {
  private static final String model = ask("openai");

  private static OpenAIClient client(String address) {
    return OpenAIOkHttpClient.builder().apiKey("placeholder").baseUrl(address + "/v1").build();
  }

  private static ChatCompletionCreateParams.Builder settings() {
    return ChatCompletionCreateParams.builder()
        .model(model)
        .temperature(0)
        .maxCompletionTokens(asked.get("maxTokens").asLong());
  }

  private static ChatCompletionCreateParams.Builder question(String text) {
    return settings().addUserMessage(text);
  }

  private static ChatCompletion completion(String address, ChatCompletionCreateParams.Builder params) {
    return client(address).chat().completions().create(params.build());
  }

  private static String textOf(ChatCompletion completion) {
    return completion.choices().get(0).message().content().orElse("");
  }

  private static Map<String, Object> seeText(ChatCompletion completion) {
    return Map.of("text", textOf(completion));
  }

  private static ChatCompletionChunk readAll(String address, String text, Consumer<String> onText) {
    ChatCompletionChunk last = null;
    var options = ChatCompletionStreamOptions.builder().includeUsage(true).build();
    try (StreamResponse<ChatCompletionChunk> pieces = client(address)
        .chat().completions().createStreaming(question(text).streamOptions(options).build())) {
      for (ChatCompletionChunk piece : (Iterable<ChatCompletionChunk>) pieces.stream()::iterator) {
        if (!piece.choices().isEmpty()) {
          String content = piece.choices().get(0).delta().content().orElse("");
          if (!content.isEmpty()) onText.accept(content);
        }
        last = piece;
      }
    }
    return last;
  }

  private static ChatCompletionCreateParams.Builder about(String name, ChatCompletionContentPart part) {
    var text = ChatCompletionContentPartText.builder().text(ask(name, "question")).build();
    return settings().addUserMessageOfArrayOfContentParts(List.of(part, ChatCompletionContentPart.ofText(text)));
  }

  private static ChatCompletionContentPart filePart(ChatCompletionContentPart.File.FileObject file) {
    return ChatCompletionContentPart.ofFile(ChatCompletionContentPart.File.builder().file(file).build());
  }

  private static JsonValue value(String name, String field) {
    return JsonValue.fromJsonNode(asked.get(name).get(field));
  }

  private static Integer statusOf(Throwable error) {
    return error instanceof OpenAIServiceException raised ? raised.statusCode() : null;
  }

  static Map<String, Contract.Case> all() {
    Map<String, Contract.Case> cases = new LinkedHashMap<>();
    cases.put("unary", address -> {
      ChatCompletion completion = completion(address, question(ask("unary")));
      var usage = completion.usage().get();
      return Map.of(
          "text", textOf(completion),
          "inputTokens", usage.promptTokens(),
          "outputTokens", usage.completionTokens());
    });
    cases.put("stream", address -> {
      List<String> pieces = new ArrayList<>();
      ChatCompletionChunk last = readAll(address, ask("stream"), pieces::add);
      return Map.of("pieces", pieces, "outputTokens", last.usage().get().completionTokens());
    });
    cases.put("system", address -> seeText(completion(address, settings()
        .addSystemMessage(ask("system", "instruction"))
        .addUserMessage(ask("system", "question")))));
    cases.put("multi-turn", address -> seeText(completion(address, settings()
        .addUserMessage(asked.get("multi-turn").get(0).asText())
        .addAssistantMessage(asked.get("multi-turn").get(1).asText())
        .addUserMessage(asked.get("multi-turn").get(2).asText()))));
    cases.put("structured output", address -> {
      var format = ResponseFormatJsonSchema.builder()
          .jsonSchema(ResponseFormatJsonSchema.JsonSchema.builder()
              .name(ask("structured output", "name"))
              .strict(true)
              .schema(value("structured output", "schema").convert(ResponseFormatJsonSchema.JsonSchema.Schema.class))
              .build())
          .build();
      String text = textOf(completion(address, question(ask("structured output", "question")).responseFormat(format)));
      return json.readValue(text, Map.class);
    });
    cases.put("tool loop", address -> {
      var function = FunctionDefinition.builder()
          .name(ask("tool loop", "name"))
          .description(ask("tool loop", "description"))
          .parameters(value("tool loop", "parameters").convert(com.openai.models.FunctionParameters.class))
          .build();
      var tool = ChatCompletionFunctionTool.builder().function(function).build();
      ChatCompletionMessage message = completion(address, question(ask("tool loop", "question"))
              .addTool(tool)
              .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED))
          .choices().get(0).message();
      ChatCompletionMessageFunctionToolCall call = message.toolCalls().get().get(0).asFunction();
      var told = ChatCompletionToolMessageParam.builder()
          .toolCallId(call.id())
          .content(asked.get("tool loop").get("result").toString())
          .build();
      ChatCompletion answer = completion(address, question(ask("tool loop", "question"))
          .addMessage(message)
          .addMessage(told)
          .addTool(tool));
      return Map.of(
          "name", call.function().name(),
          "arguments", json.readValue(call.function().arguments(), Map.class),
          "text", textOf(answer));
    });
    cases.put("image", address -> {
      var url = ChatCompletionContentPartImage.ImageUrl.builder()
          .url("data:image/png;base64," + Contract.base64("image"))
          .build();
      var part = ChatCompletionContentPartImage.builder().imageUrl(url).build();
      return seeText(completion(address, about("image", ChatCompletionContentPart.ofImageUrl(part))));
    });
    cases.put("PDF", address -> {
      var file = ChatCompletionContentPart.File.FileObject.builder()
          .filename("document.pdf")
          .fileData("data:application/pdf;base64," + Contract.base64("PDF"))
          .build();
      return seeText(completion(address, about("PDF", filePart(file))));
    });
    cases.put("candidates", address -> Map.of("texts", completion(address, question(ask("candidates")).n(2))
        .choices().stream().map(choice -> choice.message().content().orElse("")).toList()));
    cases.put("logprobs", address -> {
      var params = question(ask("logprobs", "question"))
          .logprobs(true)
          .topLogprobs(asked.get("logprobs").get("top").asLong());
      var told = completion(address, params).choices().get(0).logprobs().get().content().get();
      return Map.of(
          "tokens", told.stream().map(token -> token.token()).toList(),
          "alternatives", told.stream().map(token -> token.topLogprobs().size()).toList());
    });
    cases.put("token count", address -> Map.of("tokens", client(address).responses().inputTokens()
        .count(InputTokenCountParams.builder().model(model).input(ask("token count")).build())
        .inputTokens()));
    cases.put("embeddings", address -> {
      List<String> texts = json.convertValue(asked.get("embeddings"), List.class);
      var params = EmbeddingCreateParams.builder().model(ask("openaiEmbedding")).inputOfArrayOfStrings(texts).build();
      return Contract.seeVectors(client(address).embeddings().create(params).data().stream()
          .map(told -> told.embedding())
          .toList());
    });
    cases.put("models", address -> {
      boolean listed = !client(address).models().list().data().isEmpty();
      return Map.of("listed", listed, "found", client(address).models().retrieve(model).id().equals(model));
    });
    cases.put("upload", address -> {
      OpenAIClient client = client(address);
      FileObject uploaded = client.files().create(FileCreateParams.builder()
          .file(Contract.attached("PDF").toPath())
          .purpose(FilePurpose.USER_DATA)
          .build());
      var file = ChatCompletionContentPart.File.FileObject.builder().fileId(uploaded.id()).build();
      ChatCompletion answer = completion(address, about("PDF", filePart(file)));
      client.files().delete(uploaded.id());
      return seeText(answer);
    });
    cases.put("error shapes", address -> Contract.seeError(
        () -> completion(address, question(ask("error shapes")).temperature(9)), OpenaiCases::statusOf));
    cases.put("a miss", address -> Contract.seeError(
        () -> completion(address, question(ask("a miss"))), OpenaiCases::statusOf));
    cases.put("failure", address -> Contract.seeError(
        () -> completion(address, question(ask("failure"))), OpenaiCases::statusOf));
    cases.put("failure in mid-stream", address -> Contract.seeBrokenStream(
        onText -> readAll(address, ask("failure in mid-stream"), onText), OpenaiCases::statusOf));
    cases.put("abort in mid-stream", address -> {
      try (StreamResponse<ChatCompletionChunk> pieces = client(address)
          .chat().completions().createStreaming(question(ask("abort in mid-stream")).build())) {
        String text = pieces.stream()
            .flatMap(piece -> piece.choices().stream())
            .map(choice -> choice.delta().content().orElse(""))
            .filter(content -> !content.isEmpty())
            .findFirst()
            .get();
        return Map.of("text", text);
      }
    });
    return cases;
  }
}
