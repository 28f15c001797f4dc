import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.embeddings.EmbeddingCreateParams;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Six ways to ask through openai-java. Only the base URL is not OpenAI's. Its argument is the path of the PDF. */
public final class Tour {
  private static final String url = System.getenv().getOrDefault("RETAKE_URL", "http://localhost:8090");
  private static final OpenAIClient client =
      OpenAIOkHttpClient.builder().apiKey("any").baseUrl(url + "/v1").build();

  public static void main(String[] words) throws Exception {
    System.out.println("Text: " + textOf(ask(question("What is the capital of France?"))));

    try (StreamResponse<ChatCompletionChunk> pieces = client.chat().completions()
        .createStreaming(question("What is the capital of Italy?").build())) {
      String streamed = pieces.stream()
          .flatMap(piece -> piece.choices().stream())
          .map(choice -> choice.delta().content().orElse(""))
          .collect(Collectors.joining());
      System.out.println("Stream: " + streamed.strip());
    }

    var schema = ResponseFormatJsonSchema.JsonSchema.builder()
        .name("answer")
        .schema(object("capital", "country").convert(ResponseFormatJsonSchema.JsonSchema.Schema.class))
        .build();
    var structured = ask(question("Tell me the capital of Germany as JSON.")
        .responseFormat(ResponseFormatJsonSchema.builder().jsonSchema(schema).build()));
    System.out.println("Structured output: " + textOf(structured));

    var function = FunctionDefinition.builder()
        .name("get_temperature")
        .description("Tells the temperature of a city.")
        .parameters(object("city").convert(FunctionParameters.class))
        .build();
    var call = ask(question("How warm is it in Oslo?")
            .addTool(ChatCompletionFunctionTool.builder().function(function).build())
            .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED))
        .toolCalls().get().get(0).asFunction().function();
    System.out.println("Tools: " + call.name() + " " + call.arguments());

    String data = Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(words[0])));
    var order = ChatCompletionContentPart.File.FileObject.builder()
        .filename("order.pdf")
        .fileData("data:application/pdf;base64," + data)
        .build();
    var text = ChatCompletionContentPartText.builder().text("What is the number of this order?").build();
    var about = ask(settings().addUserMessageOfArrayOfContentParts(List.of(
        ChatCompletionContentPart.ofFile(ChatCompletionContentPart.File.builder().file(order).build()),
        ChatCompletionContentPart.ofText(text))));
    System.out.println("PDF: " + (textOf(about).isEmpty() ? "no answer" : "answered"));

    var vectors = client.embeddings().create(EmbeddingCreateParams.builder()
        .model("text-embedding-3-small")
        .inputOfArrayOfStrings(List.of("A cat sleeps.", "It rains in Oslo."))
        .build());
    String lengths = vectors.data().stream()
        .map(told -> String.valueOf(told.embedding().size()))
        .collect(Collectors.joining(" and "));
    System.out.println("Embeddings: " + lengths + " numbers");
    // The client keeps threads that would hold the program open.
    System.exit(0);
  }

  private static ChatCompletionCreateParams.Builder settings() {
    return ChatCompletionCreateParams.builder().model("gpt-4o").temperature(0).maxCompletionTokens(30);
  }

  private static ChatCompletionCreateParams.Builder question(String text) {
    return settings().addUserMessage(text);
  }

  private static ChatCompletionMessage ask(ChatCompletionCreateParams.Builder params) {
    return client.chat().completions().create(params.build()).choices().get(0).message();
  }

  private static String textOf(ChatCompletionMessage message) {
    return message.content().orElse("").strip();
  }

  /** The schema of an object of texts. */
  private static JsonValue object(String... names) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (String name : names) properties.put(name, Map.of("type", "string"));
    return JsonValue.from(Map.of("type", "object", "properties", properties, "required", List.of(names)));
  }
}
