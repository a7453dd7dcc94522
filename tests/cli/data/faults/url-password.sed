# inv-form
s|https://two.example/b|https://reader:secret@two.example/b|
