using Sluice.Gateway.Levers.Texts;

namespace Sluice.Gateway.Tests.Levers.Texts;

public sealed class TextLanguageTests
{
    [Theory]
    [InlineData("en", "How do I change the address of my account?")]
    [InlineData("de", "Wie kann ich die Adresse meines Kontos ändern, wenn ich nicht mehr dort wohne?")]
    [InlineData("fr", "Comment puis-je changer les coordonnées de mon compte dans votre application ?")]
    [InlineData("es", "¿Cómo puedo cambiar la dirección de mi cuenta y dónde está el formulario?")]
    [InlineData("it", "Come posso cambiare gli indirizzi della mia carta, e dove sono?")]
    [InlineData("pt", "Como posso fazer uma mudança de endereço, você sabe onde são os dados?")]
    [InlineData("nl", "Hoe kan ik het adres van mijn rekening wijzigen, en waar is dat?")]
    [InlineData("ru", "Как изменить адрес моего счёта?")]
    [InlineData("zh", "如何更改我的账户地址?")]
    [InlineData("ja", "口座の住所を変更するにはどうすればよいですか?")]
    [InlineData("ko", "내 계좌의 주소를 어떻게 변경하나요?")]
    [InlineData("ar", "كيف يمكنني تغيير عنوان حسابي؟")]
    [InlineData("he", "איך אני משנה את הכתובת בחשבון שלי?")]
    [InlineData("el", "Πώς αλλάζω τη διεύθυνση του λογαριασμού μου;")]
    [InlineData("th", "ฉันจะเปลี่ยนที่อยู่ได้อย่างไร")]
    public void TellsTheLanguageOfAQuestion(string language, string text) => Assert.Equal(language, TextLanguage.Of(text));

    [Theory]
    [InlineData("")]
    [InlineData("12345 67890 !?")]
    [InlineData("OK")]
    [InlineData("kubectl get pods")]
    public void SaysNothingWhereItIsNotSure(string text) => Assert.Null(TextLanguage.Of(text));

    [Fact]
    public void NoTextMakesItThrow()
    {
        var random = new Random(5);
        for (var i = 0; i < 2_000; i++)
        {
            var text = new char[random.Next(60)];
            for (var j = 0; j < text.Length; j++)
                text[j] = (char)random.Next(char.MaxValue);
            TextLanguage.Of(text);
        }
    }
}
