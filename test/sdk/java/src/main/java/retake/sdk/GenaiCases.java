package retake.sdk;

import static retake.sdk.Contract.ask;
import static retake.sdk.Contract.asked;
import static retake.sdk.Contract.json;

import com.google.genai.Client;
import com.google.genai.ResponseStream;
import com.google.genai.errors.ApiException;
import com.google.genai.types.Content;
import com.google.genai.types.EmbedContentConfig;
import com.google.genai.types.FunctionCall;
import com.google.genai.types.FunctionCallingConfig;
import com.google.genai.types.FunctionDeclaration;
import com.google.genai.types.FunctionResponse;
import com.google.genai.types.GenerateContentConfig;
import com.google.genai.types.GenerateContentResponse;
import com.google.genai.types.HttpOptions;
import com.google.genai.types.ListModelsConfig;
import com.google.genai.types.LogprobsResult;
import com.google.genai.types.Model;
import com.google.genai.types.Part;
import com.google.genai.types.Tool;
import com.google.genai.types.ToolConfig;
import com.google.genai.types.UploadFileConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

final class GenaiCases {
  private static final String model = ask("gemini");

  private static Client client(String address) {
    HttpOptions options = HttpOptions.builder().baseUrl(address).build();
    return Client.builder().apiKey("placeholder").httpOptions(options).build();
  }

  private static GenerateContentConfig.Builder settings() {
    return GenerateContentConfig.builder().temperature(0f).maxOutputTokens(asked.get("maxTokens").asInt());
  }

  private static GenerateContentResponse question(String address, List<Content> contents, GenerateContentConfig.Builder config) {
    return client(address).models.generateContent(model, contents, config.build());
  }

  private static GenerateContentResponse question(String address, String text, GenerateContentConfig.Builder config) {
    return question(address, List.of(user(Part.fromText(text))), config);
  }

  private static Content user(Part... parts) {
    return Content.builder().role("user").parts(List.of(parts)).build();
  }

  private static GenerateContentResponse readAll(String address, String text, Consumer<String> onText) throws Exception {
    GenerateContentResponse last = null;
    try (ResponseStream<GenerateContentResponse> pieces =
        client(address).models.generateContentStream(model, text, settings().build())) {
      for (GenerateContentResponse piece : pieces) {
        if (piece.text() != null && !piece.text().isEmpty()) onText.accept(piece.text());
        last = piece;
      }
    }
    return last;
  }

  private static Map<String, Object> seeText(GenerateContentResponse reply) {
    return Map.of("text", reply.text());
  }

  private static Map<String, Object> seeFile(String address, String name, String mimeType) throws Exception {
    Part file = Part.fromBytes(Contract.bytes(name), mimeType);
    return seeText(question(address, List.of(user(file, Part.fromText(ask(name, "question")))), settings()));
  }

  private static Map<String, Object> value(String name, String field) {
    return json.convertValue(asked.get(name).get(field), Map.class);
  }

  private static Integer statusOf(Throwable error) {
    return error instanceof ApiException raised ? raised.code() : null;
  }

  static Map<String, Contract.Case> all() {
    Map<String, Contract.Case> cases = new LinkedHashMap<>();
    cases.put("unary", address -> {
      GenerateContentResponse reply = question(address, ask("unary"), settings());
      var usage = reply.usageMetadata().get();
      return Map.of(
          "text", reply.text(),
          "inputTokens", usage.promptTokenCount().get(),
          "outputTokens", usage.candidatesTokenCount().get());
    });
    cases.put("stream", address -> {
      List<String> pieces = new ArrayList<>();
      GenerateContentResponse last = readAll(address, ask("stream"), pieces::add);
      return Map.of("pieces", pieces, "outputTokens", last.usageMetadata().get().candidatesTokenCount().get());
    });
    cases.put("system", address -> {
      Content instruction = user(Part.fromText(ask("system", "instruction")));
      return seeText(question(address, ask("system", "question"), settings().systemInstruction(instruction)));
    });
    cases.put("multi-turn", address -> {
      List<Content> contents = new ArrayList<>();
      for (int turn = 0; turn < 3; turn++) {
        Part said = Part.fromText(asked.get("multi-turn").get(turn).asText());
        contents.add(Content.builder().role(turn == 1 ? "model" : "user").parts(List.of(said)).build());
      }
      return seeText(question(address, contents, settings()));
    });
    cases.put("structured output", address -> {
      GenerateContentConfig.Builder config = settings()
          .responseMimeType("application/json")
          .responseJsonSchema(value("structured output", "schema"));
      return json.readValue(question(address, ask("structured output", "question"), config).text(), Map.class);
    });
    cases.put("tool loop", address -> {
      FunctionDeclaration declaration = FunctionDeclaration.builder()
          .name(ask("tool loop", "name"))
          .description(ask("tool loop", "description"))
          .parametersJsonSchema(value("tool loop", "parameters"))
          .build();
      Tool tool = Tool.builder().functionDeclarations(List.of(declaration)).build();
      ToolConfig forced = ToolConfig.builder()
          .functionCallingConfig(FunctionCallingConfig.builder().mode("ANY").build())
          .build();
      Content user = user(Part.fromText(ask("tool loop", "question")));
      GenerateContentResponse reply =
          question(address, List.of(user), settings().tools(List.of(tool)).toolConfig(forced));
      FunctionCall call = reply.functionCalls().get(0);
      FunctionResponse.Builder response =
          FunctionResponse.builder().name(call.name().get()).response(value("tool loop", "result"));
      call.id().ifPresent(response::id);
      Content told = user(Part.builder().functionResponse(response.build()).build());
      Content said = reply.candidates().get().get(0).content().get();
      GenerateContentResponse answer =
          question(address, List.of(user, said, told), settings().tools(List.of(tool)));
      return Map.of("name", call.name().get(), "arguments", call.args().get(), "text", answer.text());
    });
    cases.put("image", address -> seeFile(address, "image", "image/png"));
    cases.put("PDF", address -> seeFile(address, "PDF", "application/pdf"));
    cases.put("candidates", address -> {
      GenerateContentResponse reply = question(address, ask("candidates"), settings().candidateCount(2));
      return Map.of("texts", reply.candidates().get().stream()
          .map(candidate -> candidate.content().get().parts().get().get(0).text().get())
          .toList());
    });
    cases.put("logprobs", address -> {
      GenerateContentConfig.Builder config =
          settings().responseLogprobs(true).logprobs(asked.get("logprobs").get("top").asInt());
      LogprobsResult result = question(address, ask("logprobs", "question"), config)
          .candidates().get().get(0).logprobsResult().get();
      return Map.of(
          "tokens", result.chosenCandidates().get().stream().map(chosen -> chosen.token().get()).toList(),
          "alternatives", result.topCandidates().get().stream().map(top -> top.candidates().get().size()).toList());
    });
    cases.put("token count", address ->
        Map.of("tokens", client(address).models.countTokens(model, ask("token count"), null).totalTokens().get()));
    cases.put("embeddings", address -> {
      List<String> texts = json.convertValue(asked.get("embeddings"), List.class);
      return Contract.seeVectors(
          client(address).models.embedContent(ask("geminiEmbedding"), texts, EmbedContentConfig.builder().build())
              .embeddings().get().stream().map(embedding -> embedding.values().get()).toList());
    });
    cases.put("models", address -> {
      Client client = client(address);
      boolean listed = false;
      for (Model ignored : client.models.list(ListModelsConfig.builder().build())) listed = true;
      Model found = client.models.get(model, null);
      return Map.of("listed", listed, "found", found.name().get().equals("models/" + model));
    });
    cases.put("upload", address -> {
      Client client = client(address);
      var file = client.files.upload(
          Contract.attached("PDF"), UploadFileConfig.builder().mimeType("application/pdf").build());
      Part part = Part.fromUri(file.uri().get(), file.mimeType().get());
      Content user = user(part, Part.fromText(ask("PDF", "question")));
      GenerateContentResponse reply = question(address, List.of(user), settings());
      client.files.delete(file.name().get(), null);
      return seeText(reply);
    });
    cases.put("error shapes", address -> Contract.seeError(
        () -> question(address, ask("error shapes"), settings().temperature(9f)), GenaiCases::statusOf));
    cases.put("a miss", address -> Contract.seeError(
        () -> question(address, ask("a miss"), settings()), GenaiCases::statusOf));
    cases.put("failure", address -> Contract.seeError(
        () -> question(address, ask("failure"), settings()), GenaiCases::statusOf));
    cases.put("failure in mid-stream", address -> Contract.seeBrokenStream(
        onText -> readAll(address, ask("failure in mid-stream"), onText), GenaiCases::statusOf));
    cases.put("abort in mid-stream", address -> {
      try (ResponseStream<GenerateContentResponse> pieces =
          client(address).models.generateContentStream(model, ask("abort in mid-stream"), settings().build())) {
        return seeText(pieces.iterator().next());
      }
    });
    return cases;
  }
}
